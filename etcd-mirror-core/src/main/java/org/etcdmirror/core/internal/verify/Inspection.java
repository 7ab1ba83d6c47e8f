package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.TaskProgress.Step;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.diff.Differences;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.log.LogEvent;
import org.etcdmirror.core.internal.resync.DeleteGuard;
import org.etcdmirror.core.internal.resync.ResyncPass;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.run.TaskMeter;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideSink;
import org.etcdmirror.core.internal.side.SideSource;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
import org.etcdmirror.core.internal.snapshot.CountedSnapshot;
import org.etcdmirror.core.internal.unsupported.EntryCheck;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at both sides of a mirror and changes nothing: plans and verifications. By any threads, at
 * any time, until it is closed.
 */
public final class Inspection {

  private static final Logger log = LoggerFactory.getLogger(Inspection.class);

  /** The longest wait for the sink. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /**
   * The longest time that the stored index of another process's mirror may stand still while the
   * source advances.
   */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private static final int LOGGED = 10;

  private static final Gap NO_CHECKPOINT = new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 0);

  private final Duration patience;
  private final Settings settings;
  private final MirrorRuntime runtime;
  private final Sides sides;
  private final CheckpointNotes notes;
  private final Shutdown closing = new Shutdown();
  private final StoredProgress stored;
  private final OneCluster one;

  public Inspection(Settings settings, MirrorRuntime runtime, CheckpointNotes notes) {
    this(settings, runtime, notes, PATIENCE);
  }

  /**
   * For tests.
   *
   * @param patience how long the sink is waited for
   */
  public Inspection(
      Settings settings, MirrorRuntime runtime, CheckpointNotes notes, Duration patience) {
    this.patience = patience;
    this.settings = settings;
    this.runtime = runtime;
    this.sides = runtime.sides();
    this.notes = notes;
    this.one = new OneCluster(settings.link(), sides);
    this.stored = new StoredProgress(sides.indexStore(), GRACE, patience, closing);
  }

  /** The mirror is started, and from now on its threads alone use the index store. */
  public void mirrorStarts() {
    stored.take();
  }

  /**
   * The checkpoint that the mirror of another process has stored; null if there is none, or if this
   * mirror was started.
   */
  public @Nullable Checkpoint storedByAnother() throws IOException, InterruptedException {
    return stored.checkpoint();
  }

  /** Compares two sides of which nothing else is known. */
  public static VerifyReport compare(EventSource source, ReadableSink sink, MirrorScope scope)
      throws IOException, InterruptedException {
    KeyMapper mapper =
        new KeyMapper(
            scope, source.keyModel(), sink.keyModel(), ExpiryPolicy.FOLLOW_SOURCE, sink.ownKeys());
    ComparedSides compared =
        new ComparedSides(
            new SideSource(Side.SOURCE, source),
            SideSink.of(sink),
            mapper,
            false,
            true,
            0,
            new Differences(false),
            new Shutdown());
    try {
      return new Verifier(compared, SinkProgress.UNKNOWN, Verifier.Limits.DEFAULT, new TaskMeter())
          .verify();
    } catch (Retry.StoppedException e) {
      throw new IllegalStateException("unexpected stop during comparison", e);
    }
  }

  /** Plans a resync: a pass that does not write. */
  public ResyncPlan plan() throws IOException, InterruptedException, Retry.StoppedException {
    ReadableSink sink = readable();
    openSink();
    one.warnIfUndecided("plan");
    boolean expiries = settings.copiesExpiry();
    KeyMapper mapper = sides.mapper();
    FormerEntries formerEntries = formerEntries();
    Checkpoint at = stored.checkpoint();
    CheckpointNotes known = known(at);
    ResyncPass pass =
        new ResyncPass(
            mapper,
            formerEntries,
            EntryCheck.silent(settings, runtime),
            known.expiring(),
            null,
            0,
            settings.showValues(),
            closing);
    Selection selection = mapper.selection();
    String clusterId;
    TaskMeter meter = runtime.progress().newComparison();
    meter.begins(Step.COMPARE, 0, System.nanoTime());
    try (Snapshot from =
            ChunkedSnapshot.of(new CountedSnapshot(sides.source().snapshot(selection), meter));
        Snapshot to = formerEntries.snapshot(sink, expiries)) {
      clusterId = from.head().clusterId();
      pass.walk(from, to);
    } finally {
      meter.ends();
    }
    mapper.excludes().judge(settings.link());
    return new DeleteGuard(settings, sides, known).plan(pass, gravest(at, known), clusterId);
  }

  /** The progress of the running mirror, or the stored one of a mirror in another process. */
  private CheckpointNotes known(@Nullable Checkpoint at) {
    if (at == null) {
      return notes;
    }
    CheckpointNotes known = new CheckpointNotes(settings, runtime);
    known.loaded(at);
    return known;
  }

  /** Why a resync would be done; null if there is no reason. */
  private @Nullable Gap gravest(@Nullable Checkpoint at, CheckpointNotes known) {
    if (at == null) {
      return stored.isTaken() ? runtime.doubts().gravest().orElse(null) : NO_CHECKPOINT;
    }
    return Doubts.gravest(known.doubts(at).stream().map(Doubts.Doubt::gap).toList()).orElse(null);
  }

  /** A mirror that runs has loaded its checkpoint and opened its sink, or is about to. */
  private void openSink() throws IOException, InterruptedException, Retry.StoppedException {
    Checkpoint at = stored.checkpoint();
    if (at != null) {
      notes.hide(at);
    }
    // Taken meanwhile, nothing may be read as "nothing is stored".
    if (!stored.isTaken()) {
      runtime.opening().open(at == null ? List.of() : notes.formerEntries(at).prefixes());
    } else if (!runtime.opening().await(patience, closing)) {
      closing.throwIfBegun();
      throw new IOException(
          "link '%s' has not loaded its checkpoint yet, so its sink cannot be compared; try again"
              .formatted(settings.link()));
    }
  }

  /** The entries of former scopes, from the running mirror or from the store. */
  private FormerEntries formerEntries() throws IOException, InterruptedException {
    Checkpoint at = stored.checkpoint();
    return at == null ? notes.formerEntries() : notes.formerEntries(at);
  }

  /**
   * Compares both sides, reports the result to the log and the listener, and returns it.
   *
   * @param entriesPerSecond how fast each side is read at most; 0 for no bound
   */
  public VerifyReport verify(long entriesPerSecond)
      throws IOException, InterruptedException, Retry.StoppedException {
    ReadableSink sink = readable();
    openSink();
    one.warnIfUndecided("verification");
    ComparedSides compared =
        new ComparedSides(
            sides.source(),
            sink,
            sides.mapper(),
            settings.copiesExpiry(),
            false,
            entriesPerSecond,
            new Differences(settings.showValues()),
            closing);
    VerifyReport report = measured(compared);
    runtime.progress().verified(report);
    sides.mapper().excludes().judge(settings.link());
    if (report.isEqual()) {
      log.info(
          LogEvent.VERIFIED.marker(), "[link={}] verified: {}", settings.link(), report.describe());
    } else {
      log.warn(
          LogEvent.VERIFIED.marker(),
          "[link={}] verified: {}: first={}",
          settings.link(),
          report.describe(),
          report.samples().stream().limit(LOGGED).toList());
    }
    runtime.listener().onVerified(report);
    return report;
  }

  private VerifyReport measured(ComparedSides compared)
      throws IOException, InterruptedException, Retry.StoppedException {
    TaskMeter meter = runtime.progress().newComparison();
    try {
      return new Verifier(compared, this::behind, Verifier.Limits.DEFAULT, meter).verify();
    } finally {
      meter.ends();
    }
  }

  /** The link of a mirror that was not started may be another process's. */
  private long behind(SourceHead head)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (!stored.isTaken()) {
      long behind = stored.behind(head);
      if (behind == 0 || !stored.isTaken()) {
        return behind;
      }
    }
    boolean isHeld =
        switch (runtime.states().state()) {
          case PAUSED, BLOCKED -> true;
          default -> false;
        };
    return runtime.progress().awaitLevel(head, isHeld ? Duration.ZERO : patience);
  }

  public void close() {
    closing.begin();
  }

  public boolean isClosed() {
    return closing.hasBegun();
  }

  private ReadableSink readable() throws Retry.StoppedException {
    closing.throwIfBegun();
    if (sides.sink() instanceof ReadableSink readable) {
      return readable;
    }
    throw new IllegalStateException(
        "%s: verification needs a readable sink: %s does not implement ReadableSink"
            .formatted(settings.link(), sides.sink()));
  }
}
