package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.core.internal.identity.StorePairing;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.lifecycle.HeadroomMonitor;
import org.etcdmirror.core.internal.run.Approvals;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.Consent;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.GapLedger;
import org.etcdmirror.core.internal.run.GuardedListener;
import org.etcdmirror.core.internal.run.Parts;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.StateMachine;
import org.etcdmirror.core.internal.run.VerifySettings;
import org.jspecify.annotations.Nullable;

/** Collects what a mirror is made of. Not safe for use by several threads. */
public final class EtcdMirrorBuilder {

  private static final int MAX_BATCH_EVENTS = 1000;
  private static final long MAX_BATCH_BYTES = 1L << 20;

  /** A key takes some 200 bytes until it is deleted. */
  private static final int MAX_DELETES_HELD = 50_000;

  private static final long DEFAULT_VERIFY_RATE = 20_000;

  private @Nullable EventSource source;
  private @Nullable EventSink sink;
  private @Nullable IndexStore indexStore;
  private @Nullable MirrorScope scope;
  private @Nullable String link;
  private RecoveryPolicy policy = RecoveryPolicy.resync();
  private @Nullable DeleteLimit deleteLimit;
  private boolean requiresEmptySink;
  private final List<Bytes> formerPrefixes = new ArrayList<>();
  private Backoff.Range lookAgain = Consent.LOOK_AGAIN;
  private ExpiryPolicy expiry = ExpiryPolicy.FOLLOW_SOURCE;
  private UnsupportedEntries unsupportedEntries = UnsupportedEntries.FAIL;
  private final List<MirrorListener> listeners = new ArrayList<>();
  private int bufferEvents = 10_000;
  private long bufferBytes = 8L << 20;
  private Duration closeTimeout = Duration.ofSeconds(10);
  private CatchUp catchUp = CatchUp.replay();
  private @Nullable Duration verifyEvery;
  private VerifyAction verifyAction = VerifyAction.REPORT;
  private long verifyRate = DEFAULT_VERIFY_RATE;
  private Backoff.Range backoff = Backoff.Range.DEFAULT;
  private int maxDeletesHeld = MAX_DELETES_HELD;
  private Duration historyInterval = HeadroomMonitor.INTERVAL;
  private Duration awayInterval = Duration.ofMinutes(10);
  private Duration sinkInterval = Duration.ofSeconds(2);

  EtcdMirrorBuilder() {}

  /** Where to read from. Required. */
  public EtcdMirrorBuilder source(EventSource source) {
    this.source = requireNonNull(source, "source");
    return this;
  }

  /** Where to write to. Required. */
  public EtcdMirrorBuilder sink(EventSink sink) {
    this.sink = requireNonNull(sink, "sink");
    return this;
  }

  /** Where the index is kept. Required, unless the sink is an {@link IndexStore} itself. */
  public EtcdMirrorBuilder indexStore(IndexStore indexStore) {
    this.indexStore = requireNonNull(indexStore, "indexStore");
    return this;
  }

  /** What to mirror. Required. */
  public EtcdMirrorBuilder scope(MirrorScope scope) {
    this.scope = requireNonNull(scope, "scope");
    return this;
  }

  /**
   * The name of this link in logs, threads and metrics; the index store and the sink have their own
   * for what is stored. Defaults to the scope's text.
   */
  public EtcdMirrorBuilder link(String link) {
    this.link = requireNonNull(link, "link");
    return this;
  }

  /** What to do about gaps. Defaults to {@link RecoveryPolicy#resync()}. */
  public EtcdMirrorBuilder recoveryPolicy(RecoveryPolicy policy) {
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * How much a resync may delete before a person is asked. Defaults to {@link DeleteLimit#DEFAULT},
   * and to nothing at all for the first copy into a sink. A limit that is given here approves
   * deletes up to it in advance, those of a first copy too.
   */
  public EtcdMirrorBuilder deleteLimit(DeleteLimit limit) {
    this.deleteLimit = requireNonNull(limit, "limit");
    return this;
  }

  /**
   * A first copy fails with a {@link SinkNotEmptyException} and writes no data if the sink holds
   * anything in the scope. One that began with an empty sink and was interrupted goes on. Where
   * there is a checkpoint this means nothing. Needs a {@link ReadableSink}. Not required by
   * default.
   */
  public EtcdMirrorBuilder requireEmptySink() {
    this.requiresEmptySink = true;
    return this;
  }

  /**
   * Names a prefix of the sink that this link wrote to under a former scope. What the former scope
   * left there is deleted by the resync that a changed scope brings, within the {@link
   * #deleteLimit}. Only the checkpoint tells which scopes there were, and whoever may write it may
   * forge that: so deletes outside of the present target prefixes wait for {@link
   * EtcdMirror#approve}, in state {@link MirrorState#BLOCKED}, unless their prefix is named here.
   * Repeatable; none by default. A prefix means what a target prefix of the scope means. Naming one
   * deletes nothing that no former scope of the checkpoint owned. Needs a {@link ReadableSink}.
   *
   * @throws IllegalArgumentException if it is empty; that it is a path where that is needed is
   *     checked by {@link #build}
   */
  public EtcdMirrorBuilder formerPrefix(Bytes sinkPrefix) {
    if (sinkPrefix.isEmpty()) {
      throw new IllegalArgumentException(
          "a former prefix must not be empty: that would be the whole sink");
    }
    formerPrefixes.add(sinkPrefix);
    return this;
  }

  /** The same for a prefix that is text. */
  public EtcdMirrorBuilder formerPrefix(String sinkPrefix) {
    return formerPrefix(Bytes.utf8(sinkPrefix));
  }

  /** What becomes of times to live. Defaults to {@link ExpiryPolicy#FOLLOW_SOURCE}. */
  public EtcdMirrorBuilder expiryPolicy(ExpiryPolicy policy) {
    this.expiry = requireNonNull(policy, "policy");
    return this;
  }

  /** What becomes of what the sink cannot hold. Defaults to {@link UnsupportedEntries#FAIL}. */
  public EtcdMirrorBuilder unsupportedEntries(UnsupportedEntries option) {
    this.unsupportedEntries = requireNonNull(option, "option");
    return this;
  }

  /** What becomes of a backlog. Defaults to {@link CatchUp#replay()}. */
  public EtcdMirrorBuilder catchUp(CatchUp catchUp) {
    this.catchUp = requireNonNull(catchUp, "catchUp");
    return this;
  }

  /**
   * Has source and sink compared while the mirror follows, for the first time after {@code
   * interval}, and again so long after each. What is found is told in the status, in metrics, to
   * listeners and in the log; what cannot be read is tried again at the next turn. Needs a {@link
   * org.etcdmirror.api.ReadableSink}. Never by default.
   *
   * @throws IllegalArgumentException if the interval is not positive
   */
  public EtcdMirrorBuilder verifyEvery(Duration interval, VerifyAction action) {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("verifyEvery must be positive, was " + interval);
    }
    this.verifyEvery = interval;
    this.verifyAction = requireNonNull(action, "action");
    return this;
  }

  /**
   * How many entries a second a comparison that the mirror begins by itself reads from each side at
   * most. Defaults to 20,000.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public EtcdMirrorBuilder verifyRate(long entriesPerSecond) {
    if (entriesPerSecond < 1) {
      throw new IllegalArgumentException("verifyRate must be positive, was " + entriesPerSecond);
    }
    this.verifyRate = entriesPerSecond;
    return this;
  }

  /** Adds a listener. None by default. */
  public EtcdMirrorBuilder listener(MirrorListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * How much may wait between reader and applier; above either bound the source is slowed. Defaults
   * to 10,000 events and 8 MiB.
   *
   * @throws IllegalArgumentException if either is not positive
   */
  public EtcdMirrorBuilder buffer(int events, long bytes) {
    if (events < 1 || bytes < 1) {
      throw new IllegalArgumentException(
          "buffer limits must be positive: events=%d, bytes=%d".formatted(events, bytes));
    }
    this.bufferEvents = events;
    this.bufferBytes = bytes;
    return this;
  }

  /**
   * How long {@link EtcdMirror#close()} waits for the batch in hand. Defaults to 10 seconds.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public EtcdMirrorBuilder closeTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("closeTimeout must not be negative, was " + timeout);
    }
    this.closeTimeout = timeout;
    return this;
  }

  /** How long to wait before a failed call is repeated, at first and at most. For tests. */
  EtcdMirrorBuilder backoff(Duration first, Duration longest) {
    this.backoff = new Backoff.Range(first, longest);
    return this;
  }

  /** How many deletes a resync remembers at a time. For tests. */
  EtcdMirrorBuilder maxDeletesHeld(int deletes) {
    this.maxDeletesHeld = deletes;
    return this;
  }

  /** How often the reach of the source's history, and a held backlog, are looked at. For tests. */
  EtcdMirrorBuilder historyInterval(Duration interval) {
    this.historyInterval = interval;
    return this;
  }

  /** How often the suspects of an endpoint that stays away are compared. For tests. */
  EtcdMirrorBuilder awayInterval(Duration interval) {
    this.awayInterval = interval;
    return this;
  }

  /** How often a question that waits for a person is looked at again; for tests. */
  EtcdMirrorBuilder lookAgain(Duration first, Duration longest) {
    this.lookAgain = new Backoff.Range(first, longest);
    return this;
  }

  /** How long the sink may go without a look at it while nothing is written; for tests. */
  EtcdMirrorBuilder sinkInterval(Duration interval) {
    this.sinkInterval = interval;
    return this;
  }

  /**
   * The mirror; nothing is connected yet.
   *
   * @throws IllegalStateException if something required is missing, or the sink cannot be read and
   *     is to be verified, to be empty or to lose what is under a former prefix
   * @throws IllegalArgumentException if the scope's prefixes, or the former ones, do not fit the
   *     source or the sink; if the scope's overlap, are where mirrors keep their indexes, or are
   *     outside of the {@linkplain EventSink#prefixes prefixes} that the sink was made for; or if
   *     the index would outlive the sink's data, or nothing ties it to that data
   */
  public EtcdMirror build() {
    EventSource from = required(source, "source");
    EventSink to = required(sink, "sink");
    MirrorScope what = required(scope, "scope");
    IndexStore store = indexStore != null ? indexStore : to instanceof IndexStore own ? own : null;
    if (verifyEvery != null && !(to instanceof ReadableSink)) {
      throw new IllegalStateException(
          "verifyEvery needs a ReadableSink, which %s is not".formatted(to.getClass().getName()));
    }
    if (requiresEmptySink && !(to instanceof ReadableSink)) {
      throw new IllegalStateException(
          "requireEmptySink needs a ReadableSink, which %s is not"
              .formatted(to.getClass().getName()));
    }
    if (!formerPrefixes.isEmpty() && !(to instanceof ReadableSink)) {
      throw new IllegalStateException(
          "formerPrefix needs a ReadableSink, which %s is not".formatted(to.getClass().getName()));
    }
    String name = link != null ? link : what.toString();
    IndexStore tied = StorePairing.tied(to, required(store, "indexStore"));
    KeyMapper mapper = new KeyMapper(what, from.keyModel(), to.keyModel(), expiry, to.ownKeys());
    mapper.refuseOutside(to.prefixes());
    MirrorListener listener = new GuardedListener(name, listeners);
    StateMachine states = new StateMachine(name, listener);
    Progress progress = new Progress();
    return new EtcdMirror(
        new Parts(
            name,
            from,
            to,
            tied,
            mapper,
            what.fingerprint(expiry),
            expiry == ExpiryPolicy.COPY,
            policy,
            deleteLimit == null ? DeleteLimit.DEFAULT : deleteLimit,
            maxDeletesHeld,
            MAX_BATCH_EVENTS,
            MAX_BATCH_BYTES,
            bufferEvents,
            bufferBytes,
            closeTimeout,
            backoff,
            states,
            progress,
            listener,
            new Shutdown(),
            unsupportedEntries,
            what,
            catchUp,
            verifyEvery == null ? null : new VerifySettings(verifyEvery, verifyAction, verifyRate),
            new GapLedger(name, progress, listener),
            new Approvals(name, states, progress, listener),
            new Pause(),
            new Doubts(states, progress),
            historyInterval,
            awayInterval,
            sinkInterval,
            new Consent(deleteLimit != null, requiresEmptySink, former(mapper), lookAgain)));
  }

  private List<Bytes> former(KeyMapper mapper) {
    return formerPrefixes.stream().map(mapper::sinkPrefix).toList();
  }

  private static <T> T required(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalStateException("a mirror needs a " + name);
    }
    return part;
  }
}
