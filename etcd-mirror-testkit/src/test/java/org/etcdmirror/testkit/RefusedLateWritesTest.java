package org.etcdmirror.testkit;

import org.etcdmirror.api.ReadableSink;

class RefusedLateWritesTest extends LateWritesContract {

  private final ReferenceAtomicSink.Place place = new ReferenceAtomicSink.Place();

  @Override
  protected ReadableSink openSink() {
    return new ReferenceAtomicSink(place);
  }

  @Override
  protected Fencing fencing() {
    return Fencing.EACH_WRITE;
  }

  @Override
  protected void holdWrites(boolean on) {
    place.line.hold(on);
  }

  @Override
  protected int executeHeldWrites() {
    return place.line.execute();
  }

  ReferenceAtomicSink.Place place() {
    return place;
  }
}
