package org.etcdmirror.testkit;

import org.etcdmirror.api.ReadableSink;

class ReportedLateWritesTest extends LateWritesContract {

  private final ReferenceRemoteSink.Place place = new ReferenceRemoteSink.Place();

  @Override
  protected ReadableSink openSink() {
    return new ReferenceRemoteSink(place);
  }

  @Override
  protected Fencing fencing() {
    return Fencing.CHECKPOINT_ONLY;
  }

  @Override
  protected void holdWrites(boolean on) {
    place.line.hold(on);
  }

  @Override
  protected int executeHeldWrites() {
    return place.line.execute();
  }

  ReferenceRemoteSink.Place place() {
    return place;
  }
}
