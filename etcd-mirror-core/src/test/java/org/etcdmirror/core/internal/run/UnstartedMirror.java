package org.etcdmirror.core.internal.run;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.CatchUp;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.UnsupportedEntries;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.jspecify.annotations.Nullable;

/**
 * What the rules of a mirror are given, for a mirror that is never started, and so has no thread.
 * The options are those of the builder's defaults until a test changes them.
 */
public final class UnstartedMirror {

  public static final String LINK = "test";

  public MirrorScope scope = MirrorScope.of("/conf");
  public Consent consent = new Consent(DeleteLimit.DEFAULT, false, false, List.of());
  public UnsupportedEntries unsupportedEntries = UnsupportedEntries.FAIL;
  public ExpiryPolicy expiry = ExpiryPolicy.FOLLOW_SOURCE;
  public RecoveryPolicy policy = RecoveryPolicy.resync();
  public boolean comparesAtStart;
  public Backoff.Range pauses = Backoff.Range.DEFAULT;
  public MirrorListener listener = new MirrorListener() {};
  public @Nullable Standby standby;
  public InspectableSource source;
  public EventSink sink;
  public final InMemoryIndexStore store = new InMemoryIndexStore();

  public UnstartedMirror(KeyModel source, KeyModel sink) {
    this(new FakeSource(source), new FakeSink(sink));
  }

  public UnstartedMirror(InspectableSource source, EventSink sink) {
    this.source = source;
    this.sink = sink;
  }

  public static Consent consent(DeleteLimit limit) {
    return new Consent(limit, true, false, List.of());
  }

  /** A consent that names a former prefix. */
  public static Consent formerPrefix(String prefix) {
    return new Consent(DeleteLimit.DEFAULT, false, false, List.of(Bytes.utf8(prefix)));
  }

  public KeyMapper mapper() {
    return new KeyMapper(scope, source.keyModel(), sink.keyModel(), expiry, sink.ownKeys());
  }

  public Settings settings() {
    return new Settings(
        LINK,
        scope,
        expiry,
        policy,
        comparesAtStart,
        consent,
        unsupportedEntries,
        CatchUp.replay(),
        null,
        false,
        standby,
        new Limits(100, 1 << 20, 100, 1 << 20, 100, WriteLimit.NONE),
        new Timings(
            Duration.ofSeconds(1),
            pauses,
            Timings.HISTORY_INTERVAL,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            pauses,
            RepeatedResyncs.Pace.DEFAULT));
  }

  public MirrorRuntime runtime() {
    return MirrorRuntime.of(
        settings(),
        new Sides(source, sink, store, mapper()),
        listener,
        new GuardedObserver(List.of()));
  }
}
