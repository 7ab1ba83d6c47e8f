package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.IdentifiedSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkIdentity;
import org.jspecify.annotations.Nullable;

/** A sink whose data has an identity and can be replaced by other data. */
public class FakeIdentifiedSink extends FakeSink implements IdentifiedSink {

  private final List<SinkIdentity> written = new ArrayList<>();
  private @Nullable SinkIdentity identity;
  private Duration interval = Duration.ZERO;

  public FakeIdentifiedSink() {
    super(KeyModel.PATHS);
  }

  @Override
  public Optional<SinkIdentity> identity() throws IOException, InterruptedException {
    faults.at("identity");
    return Optional.ofNullable(present());
  }

  @Override
  public void identify(SinkIdentity next) throws IOException, InterruptedException {
    faults.at("identify");
    synchronized (this) {
      identity = next;
      written.add(next);
    }
  }

  @Override
  public synchronized Duration identityInterval() {
    return interval;
  }

  synchronized void writesEvery(Duration time) {
    interval = time;
  }

  synchronized @Nullable SinkIdentity present() {
    return identity;
  }

  synchronized void preset(@Nullable SinkIdentity other) {
    identity = other;
  }

  /** All identities that were written, in order. */
  synchronized List<SinkIdentity> written() {
    return List.copyOf(written);
  }
}
