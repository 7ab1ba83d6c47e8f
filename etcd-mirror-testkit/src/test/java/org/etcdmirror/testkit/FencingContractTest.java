package org.etcdmirror.testkit;

import org.etcdmirror.api.ReadableSink;

class FencingContractTest extends FencingContract {

  private final ReferenceRemoteSink.Place place = new ReferenceRemoteSink.Place();

  @Override
  protected ReadableSink openSink() {
    return new ReferenceRemoteSink(place);
  }

  @Override
  protected Fencing fencing() {
    return Fencing.CHECKPOINT_ONLY;
  }

  ReferenceRemoteSink.Place place() {
    return place;
  }
}
