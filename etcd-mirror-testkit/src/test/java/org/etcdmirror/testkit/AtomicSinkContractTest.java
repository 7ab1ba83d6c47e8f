package org.etcdmirror.testkit;

import org.etcdmirror.api.AtomicSink;

class AtomicSinkContractTest extends AtomicSinkContract {

  private final ReferenceAtomicSink.Place place = new ReferenceAtomicSink.Place();

  @Override
  protected AtomicSink openSink() {
    return new ReferenceAtomicSink(place);
  }
}
