package org.etcdmirror.core;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lead;
import org.jspecify.annotations.Nullable;

/** A sink that keeps the index, and in which a test decides who leads. */
final class FakeElectingSink extends FakeSink implements ElectingSink {

  private final FakeStore store;
  private final AtomicBoolean unmade = new AtomicBoolean();
  private volatile Lead lead = new Lead("other", false, 0);
  private volatile Duration lateEffects = Duration.ZERO;

  FakeElectingSink(FakeStore store) {
    super(KeyModel.PATHS);
    this.store = store;
  }

  /** From now on this mirror leads, or another member. */
  void leads(boolean now) {
    lead = now ? new Lead("me", true, 0) : new Lead("other", false, 0);
  }

  /** No further sink can be made. */
  void makesNoMore() {
    unmade.set(true);
  }

  void lateEffects(Duration time) {
    lateEffects = time;
  }

  @Override
  public Duration lateEffects() {
    return lateEffects;
  }

  @Override
  public @Nullable IndexStore indexStore(String link) {
    return store;
  }

  @Override
  public Candidate candidate(String link, String member, Duration term) {
    return new Candidate() {
      @Override
      public Lead ask() throws IOException, InterruptedException {
        faults.at("ask");
        return lead;
      }

      @Override
      public void resign() throws IOException, InterruptedException {
        faults.at("resign");
      }

      @Override
      public void tellOfLateWrites() {}

      @Override
      public EventSink sink() {
        if (unmade.get()) {
          throw new IllegalArgumentException("the certificate cannot be read");
        }
        return FakeElectingSink.this;
      }

      @Override
      public void close() {}
    };
  }
}
