package org.etcdmirror.testkit;

import org.etcdmirror.api.ReadableSink;

class CandidateContractTest extends CandidateContract {

  private final ReferenceElectingSink.Place leaders = new ReferenceElectingSink.Place();

  @Override
  protected ReadableSink openSink() {
    return new ReferenceElectingSink(leaders);
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  ReferenceElectingSink.Place leaders() {
    return leaders;
  }
}
