package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.core.internal.identity.StorePairing;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.lifecycle.Engine;
import org.etcdmirror.core.internal.lifecycle.Lives;
import org.etcdmirror.core.internal.lifecycle.OneLife;
import org.etcdmirror.core.internal.lifecycle.StandbyLives;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.Consent;
import org.etcdmirror.core.internal.run.GuardedListener;
import org.etcdmirror.core.internal.run.GuardedObserver;
import org.etcdmirror.core.internal.run.Limits;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.RepeatedResyncs;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.Timings;
import org.etcdmirror.core.internal.run.WriteLimit;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideSink;
import org.etcdmirror.core.internal.side.SideSource;
import org.etcdmirror.core.internal.standby.WarmSource;
import org.jspecify.annotations.Nullable;

/** Collects the parts and options of a mirror. Not safe for use by several threads. */
public final class EtcdMirrorBuilder {

  private static final int MAX_BATCH_EVENTS = 1000;
  private static final long MAX_BATCH_BYTES = 1L << 20;

  /** A key takes some 200 bytes until it is deleted. */
  private static final int MAX_DELETES_HELD = 50_000;

  private @Nullable EventSource source;
  private @Nullable EventSink sink;
  private @Nullable IndexStore indexStore;
  private @Nullable MirrorScope scope;
  private @Nullable String link;
  private RecoveryPolicy policy = RecoveryPolicy.resync();
  private boolean comparesAtStart;
  private @Nullable DeleteLimit deleteLimit;
  private boolean requiresEmptySink;
  private final List<Bytes> formerPrefixes = new ArrayList<>();
  private Backoff.Range lookAgain = Timings.LOOK_AGAIN;
  private ExpiryPolicy expiry = ExpiryPolicy.FOLLOW_SOURCE;
  private UnsupportedEntries unsupportedEntries = UnsupportedEntries.FAIL;
  private final List<MirrorListener> listeners = new ArrayList<>();
  private final List<WorkObserver> observers = new ArrayList<>();
  private int bufferEvents = 10_000;
  private long bufferBytes = 8L << 20;
  private int maxWritesPerSecond = WriteLimit.NONE;
  private Duration closeTimeout = Duration.ofSeconds(10);
  private CatchUp catchUp = CatchUp.replay();
  private @Nullable Verification verification;
  private boolean showValues;
  private @Nullable Standby standby;
  private Backoff.Range backoff = Backoff.Range.DEFAULT;
  private int maxDeletesHeld = MAX_DELETES_HELD;
  private Duration historyInterval = Timings.HISTORY_INTERVAL;
  private Duration awayInterval = Duration.ofMinutes(10);
  private Duration sinkInterval = Duration.ofSeconds(2);
  private RepeatedResyncs.Pace resyncs = RepeatedResyncs.Pace.DEFAULT;

  EtcdMirrorBuilder() {}

  /** Sets the source. Required. */
  public EtcdMirrorBuilder source(EventSource source) {
    this.source = requireNonNull(source, "source");
    return this;
  }

  /** Sets the sink. Required. */
  public EtcdMirrorBuilder sink(EventSink sink) {
    this.sink = requireNonNull(sink, "sink");
    return this;
  }

  /**
   * Sets the index store, instead of the one that the sink {@linkplain EventSink#indexStore
   * offers}. Required if the sink offers none, unless the sink's data is lost with the process:
   * then the index is kept in memory as well. Refused for an {@link AtomicSink}, which keeps its
   * index with its data.
   */
  public EtcdMirrorBuilder indexStore(IndexStore indexStore) {
    this.indexStore = requireNonNull(indexStore, "indexStore");
    return this;
  }

  /** Sets what to mirror. Required. */
  public EtcdMirrorBuilder scope(MirrorScope scope) {
    this.scope = requireNonNull(scope, "scope");
    return this;
  }

  /**
   * Sets the name of this link in logs, threads and metrics, and of the index that the sink stores.
   * Defaults to the target prefix of a scope with one rule, without the slashes at its ends, or
   * {@code /} for the whole keyspace. Required for a scope of several rules. Under another name the
   * mirror finds no index, so it begins with a first copy.
   *
   * @throws IllegalArgumentException if it is blank
   */
  public EtcdMirrorBuilder link(String link) {
    if (link.isBlank()) {
      throw new IllegalArgumentException(
          "link name is blank: '" + link + "'; leave out link(...) for the default");
    }
    this.link = link;
    return this;
  }

  /** Sets what to do about gaps. Defaults to {@link RecoveryPolicy#resync()}. */
  public EtcdMirrorBuilder recoveryPolicy(RecoveryPolicy policy) {
    this.policy = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Compares both sides at the start and writes what differs, also where the mirror could continue
   * from its stored index. The {@link #deleteLimit} holds. Off by default.
   */
  public EtcdMirrorBuilder compareAtStart() {
    this.comparesAtStart = true;
    return this;
  }

  /**
   * Sets how much a resync may delete without approval. Defaults to {@link DeleteLimit#DEFAULT},
   * and to nothing for the first copy into a sink. A limit set here approves deletes up to it in
   * advance, also those of a first copy. Needs a {@link ReadableSink}, because no comparison
   * deletes from a sink that cannot be read.
   */
  public EtcdMirrorBuilder deleteLimit(DeleteLimit limit) {
    this.deleteLimit = requireNonNull(limit, "limit");
    return this;
  }

  /**
   * Requires an empty sink for a first copy. If the sink holds anything in the scope, the copy
   * fails with a {@link SinkNotEmptyException} and writes no data. A first copy that began with an
   * empty sink and was interrupted continues. Without effect if there is a checkpoint. Needs a
   * {@link ReadableSink}. Off by default.
   */
  public EtcdMirrorBuilder requireEmptySink() {
    this.requiresEmptySink = true;
    return this;
  }

  /**
   * Names a prefix of the sink that this link wrote to under a former scope. The resync after a
   * change of scope deletes the former scope's keys there, within the {@link #deleteLimit}. Only
   * the checkpoint says which scopes there were, and any client with the right to write it may
   * forge that. So deletes outside of the present target prefixes wait for {@link
   * EtcdMirror#approve}, in state {@link MirrorState#BLOCKED}, unless their prefix is named here.
   * Repeatable; none by default. A prefix means what a target prefix of the scope means. Naming one
   * deletes nothing that no former scope of the checkpoint owned. Needs a {@link ReadableSink}.
   *
   * @throws IllegalArgumentException if it is empty. Whether it must be a path is checked by {@link
   *     #build}
   */
  public EtcdMirrorBuilder formerPrefix(Bytes sinkPrefix) {
    if (sinkPrefix.isEmpty()) {
      throw new IllegalArgumentException(
          "former prefix is empty; name one prefix, as the whole sink would be deleted");
    }
    formerPrefixes.add(sinkPrefix);
    return this;
  }

  /** The same for a prefix that is text. */
  public EtcdMirrorBuilder formerPrefix(String sinkPrefix) {
    return formerPrefix(Bytes.utf8(sinkPrefix));
  }

  /** Sets what happens to times to live. Defaults to {@link ExpiryPolicy#FOLLOW_SOURCE}. */
  public EtcdMirrorBuilder expiryPolicy(ExpiryPolicy policy) {
    this.expiry = requireNonNull(policy, "policy");
    return this;
  }

  /**
   * Sets what happens to entries that the sink cannot hold. Defaults to {@link
   * UnsupportedEntries#FAIL}.
   */
  public EtcdMirrorBuilder unsupportedEntries(UnsupportedEntries option) {
    this.unsupportedEntries = requireNonNull(option, "option");
    return this;
  }

  /** Sets what happens to a backlog. Defaults to {@link CatchUp#replay()}. */
  public EtcdMirrorBuilder catchUp(CatchUp catchUp) {
    this.catchUp = requireNonNull(catchUp, "catchUp");
    return this;
  }

  /** Sets how often a running mirror compares source and sink by itself. Never by default. */
  public EtcdMirrorBuilder verification(Verification verification) {
    this.verification = requireNonNull(verification, "verification");
    return this;
  }

  /**
   * Adds the values of keys to {@linkplain Difference differences}, and so to plans, verifications,
   * the status and the log, each cut at 200 characters and escaped. Who reads these sees the
   * values. Off by default: then nothing that a mirror tells holds a value.
   */
  public EtcdMirrorBuilder showValues() {
    this.showValues = true;
    return this;
  }

  /**
   * Makes the mirror one of several members of its link, of which one leads and the others stand
   * by. None by default. Needs an {@link ElectingSink} that keeps the index. The mirror makes its
   * own sinks of the one that was given. The counters of the status begin at 0 whenever it stands
   * by.
   */
  public EtcdMirrorBuilder standby(Standby standby) {
    this.standby = requireNonNull(standby, "standby");
    return this;
  }

  /** Adds a listener. None by default. */
  public EtcdMirrorBuilder listener(MirrorListener listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return this;
  }

  /** Adds an observer of the work on the sink, for traces. None by default. */
  public EtcdMirrorBuilder observer(WorkObserver observer) {
    observers.add(requireNonNull(observer, "observer"));
    return this;
  }

  /**
   * Sets how much may wait between reader and applier. Above either bound the reader stops reading
   * from the source. Defaults to 10,000 events and 8 MiB.
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
   * Limits how many keys are written to the sink or deleted there in a second: by events, resyncs
   * and repairs together. The writes are spread evenly. What belongs to one index of the source is
   * written at once, whatever its size, and the next write waits the longer. Only a key's last
   * event counts where events of one key follow each other closely. A tree that is deleted as a
   * whole counts as one key. What the mirror stores about itself is not limited. No limit by
   * default.
   *
   * <p>A mirror that may write less than the source changes falls behind. {@link
   * MirrorStatus#writeLimit()} says whether writes wait, and {@link MirrorStatus#headroom()} how
   * long that can go on.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public EtcdMirrorBuilder maxWritesPerSecond(int keys) {
    if (keys < 1) {
      throw new IllegalArgumentException(
          "the most writes in a second must be positive: " + keys + "; leave it out for no limit");
    }
    this.maxWritesPerSecond = keys;
    return this;
  }

  /**
   * Sets how long {@link EtcdMirror#close()} waits for the current batch. Defaults to 10 seconds.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public EtcdMirrorBuilder closeTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("close timeout must not be negative: " + timeout);
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

  /** When resyncs are a loop, and how it is slowed down; for tests. */
  EtcdMirrorBuilder resyncs(Duration within, Duration first, Duration longest) {
    this.resyncs = new RepeatedResyncs.Pace(within, first, longest);
    return this;
  }

  /**
   * Builds the mirror. Connects to nothing.
   *
   * @throws IllegalArgumentException if something required is missing; if a standby was set and the
   *     sink is no {@link ElectingSink}, or does not keep the index; if the sink cannot be read but
   *     a verification, an empty sink, a delete limit or a former prefix was set; if the scope's
   *     prefixes, or the former ones, do not fit the source or the sink; if the scope's overlap, or
   *     are where mirrors keep their indexes; if a scope of several rules has no link name; if
   *     there is no index store, or one is given to an {@link AtomicSink}; or if the index would
   *     outlive the sink's data, or nothing ties it to that data
   */
  public EtcdMirror build() {
    InspectableSource from = new SideSource(Side.SOURCE, required(source, "source"));
    EventSink given = required(sink, "sink");
    EventSink to = SideSink.of(given);
    MirrorScope what = required(scope, "scope");
    requireReadable(given, "verification", verification != null);
    requireReadable(given, "requireEmptySink", requiresEmptySink);
    requireReadable(given, "deleteLimit", deleteLimit != null);
    requireReadable(given, "formerPrefix", !formerPrefixes.isEmpty());
    KeyMapper mapper = new KeyMapper(what, from.keyModel(), to.keyModel(), expiry, to.ownKeys());
    String name = link != null ? link : what.defaultLink();
    Settings settings =
        new Settings(
            name,
            what,
            expiry,
            policy,
            comparesAtStart,
            consent(mapper),
            unsupportedEntries,
            catchUp,
            verification,
            showValues,
            standby,
            limits(),
            timings());
    MirrorListener listener = new GuardedListener(name, listeners);
    return new EtcdMirror(
        settings,
        standby == null
            ? new OneLife(engine(settings, from, given, listener))
            : lives(settings, standby, from, given, listener));
  }

  private Engine engine(
      Settings settings, InspectableSource from, EventSink given, MirrorListener listener) {
    EventSink to = SideSink.of(given);
    KeyMapper mapper =
        new KeyMapper(
            settings.scope(), from.keyModel(), to.keyModel(), settings.expiry(), to.ownKeys());
    IndexStore store = StorePairing.of(given, to, indexStore, settings.link());
    return Engine.of(
        settings,
        MirrorRuntime.of(
            settings,
            new Sides(from, to, store, mapper),
            listener,
            new GuardedObserver(observers)));
  }

  private Lives lives(
      Settings settings,
      Standby standby,
      InspectableSource from,
      EventSink given,
      MirrorListener listener) {
    if (indexStore != null) {
      throw new IllegalArgumentException(
          "standby(...) needs an index that all members share; leave out indexStore(...)");
    }
    if (!(given instanceof ElectingSink electing)) {
      throw new IllegalArgumentException(
          "standby(...) needs an ElectingSink, which decides who leads: %s; leave it out, or use another sink"
              .formatted(given.getClass().getName()));
    }
    Candidate candidate = electing.candidate(settings.link(), standby.member(), standby.term());
    WarmSource source = new WarmSource(from);
    return new StandbyLives(
        settings,
        candidate,
        source,
        given,
        () -> engine(settings, source, candidate.sink(), listener));
  }

  private Consent consent(KeyMapper mapper) {
    return new Consent(
        deleteLimit == null ? DeleteLimit.DEFAULT : deleteLimit,
        deleteLimit != null,
        requiresEmptySink,
        formerPrefixes.stream().map(mapper::sinkPrefix).toList());
  }

  private Limits limits() {
    return new Limits(
        bufferEvents,
        bufferBytes,
        MAX_BATCH_EVENTS,
        MAX_BATCH_BYTES,
        maxDeletesHeld,
        maxWritesPerSecond);
  }

  private Timings timings() {
    return new Timings(
        closeTimeout, backoff, historyInterval, awayInterval, sinkInterval, lookAgain, resyncs);
  }

  private static void requireReadable(EventSink to, String option, boolean isGiven) {
    if (isGiven && !(to instanceof ReadableSink)) {
      throw new IllegalArgumentException(
          "%s(...) has no effect, because the sink cannot be read: %s; leave it out, or make the sink a ReadableSink"
              .formatted(option, to.getClass().getName()));
    }
  }

  private static <T> T required(@Nullable T part, String name) {
    if (part == null) {
      throw new IllegalArgumentException("a mirror needs a %s; call %s(...)".formatted(name, name));
    }
    return part;
  }
}
