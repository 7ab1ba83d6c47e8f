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
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.Leftovers;
import org.etcdmirror.core.internal.identity.OneCluster;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.resync.DeleteGuard;
import org.etcdmirror.core.internal.resync.ResyncPass;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.Parts;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.SinkProgress;
import org.etcdmirror.core.internal.side.Side;
import org.etcdmirror.core.internal.side.SideSink;
import org.etcdmirror.core.internal.side.SideSource;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
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
  private final Parts parts;
  private final CheckpointNotes notes;
  private final Shutdown closing = new Shutdown();
  private final StoredProgress stored;
  private final OneCluster one;

  public Inspection(Parts parts, CheckpointNotes notes) {
    this(parts, notes, PATIENCE);
  }

  /**
   * For tests.
   *
   * @param patience how long the sink is waited for
   */
  public Inspection(Parts parts, CheckpointNotes notes, Duration patience) {
    this.patience = patience;
    this.parts = parts;
    this.notes = notes;
    this.one = new OneCluster(parts);
    this.stored = new StoredProgress(parts.indexStore(), GRACE, patience, closing);
  }

  /** The mirror is started, and from now on its threads alone use the index store. */
  public void mirrorStarts() {
    stored.take();
  }

  /** Compares two sides of which nothing else is known. */
  public static VerifyReport compare(EventSource source, ReadableSink sink, MirrorScope scope)
      throws IOException, InterruptedException {
    KeyMapper mapper =
        new KeyMapper(
            scope, source.keyModel(), sink.keyModel(), ExpiryPolicy.FOLLOW_SOURCE, sink.ownKeys());
    ComparedSides sides =
        new ComparedSides(
            new SideSource(Side.SOURCE, source),
            SideSink.of(sink),
            mapper,
            false,
            true,
            0,
            new Shutdown());
    try {
      return new Verifier(sides, SinkProgress.UNKNOWN, Verifier.Limits.DEFAULT).verify();
    } catch (Retry.StoppedException e) {
      throw new IllegalStateException("unexpected stop during comparison", e);
    }
  }

  /** Plans a resync: a pass that does not write. */
  public ResyncPlan plan() throws IOException, InterruptedException, Retry.StoppedException {
    ReadableSink sink = readable();
    openSink();
    one.warnIfUndecided("plan");
    boolean expiries = parts.copiesExpiry();
    KeyMapper mapper = parts.mapper();
    Leftovers leftovers = leftovers();
    Checkpoint at = stored.checkpoint();
    CheckpointNotes known = known(at);
    ResyncPass pass =
        new ResyncPass(
            mapper, leftovers, EntryCheck.silent(parts), known.expiring(), null, 0, closing);
    Selection selection = new Selection(mapper.sourcePrefixes(), expiries);
    String clusterId;
    try (Snapshot from = ChunkedSnapshot.of(parts.source().snapshot(selection));
        Snapshot to = leftovers.snapshot(sink, expiries)) {
      clusterId = from.head().clusterId();
      pass.walk(from, to);
    }
    mapper.excludes().judge(parts.link());
    return new DeleteGuard(parts, known).plan(pass, gravest(at, known), clusterId);
  }

  /** The progress of the running mirror, or the stored one of a mirror in another process. */
  private CheckpointNotes known(@Nullable Checkpoint at) {
    if (at == null) {
      return notes;
    }
    CheckpointNotes known = new CheckpointNotes(parts);
    known.loaded(at);
    return known;
  }

  /** Why a resync would be done; null if there is no reason. */
  private @Nullable Gap gravest(@Nullable Checkpoint at, CheckpointNotes known) {
    if (at == null) {
      return stored.isTaken() ? parts.doubts().gravest() : NO_CHECKPOINT;
    }
    Gap gravest = null;
    for (Doubts.Doubt doubt : known.doubts(at)) {
      gravest = Doubts.graver(gravest, doubt.gap());
    }
    return gravest;
  }

  /** A mirror that runs has loaded its checkpoint and opened its sink, or is about to. */
  private void openSink() throws IOException, InterruptedException, Retry.StoppedException {
    Checkpoint at = stored.checkpoint();
    if (at != null) {
      notes.hide(at);
    }
    // Taken meanwhile, nothing may be read as "nothing is stored".
    if (!stored.isTaken()) {
      parts.opening().open(at == null ? List.of() : notes.leftovers(at).prefixes());
    } else if (!parts.opening().await(patience, closing)) {
      if (closing.hasBegun()) {
        throw new Retry.StoppedException();
      }
      throw new IOException(
          "link '%s' has not loaded its checkpoint yet, so its sink cannot be compared; try again"
              .formatted(parts.link()));
    }
  }

  /** The leftovers of former scopes, from the running mirror or from the store. */
  private Leftovers leftovers() throws IOException, InterruptedException {
    Checkpoint at = stored.checkpoint();
    return at == null ? notes.leftovers() : notes.leftovers(at);
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
    ComparedSides sides =
        new ComparedSides(
            parts.source(),
            sink,
            parts.mapper(),
            parts.copiesExpiry(),
            false,
            entriesPerSecond,
            closing);
    VerifyReport report = new Verifier(sides, this::behind, Verifier.Limits.DEFAULT).verify();
    parts.progress().verified(report);
    parts.mapper().excludes().judge(parts.link());
    if (report.isEqual()) {
      log.info("[link={}] verified: {}", parts.link(), report.describe());
    } else {
      log.warn(
          "[link={}] verified: {}: first={}",
          parts.link(),
          report.describe(),
          report.samples().stream().limit(LOGGED).toList());
    }
    parts.listener().onVerified(report);
    return report;
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
        switch (parts.states().state()) {
          case PAUSED, BLOCKED -> true;
          default -> false;
        };
    return parts.progress().awaitLevel(head, isHeld ? Duration.ZERO : patience);
  }

  public void close() {
    closing.begin();
  }

  private ReadableSink readable() throws Retry.StoppedException {
    if (closing.hasBegun()) {
      throw new Retry.StoppedException();
    }
    if (parts.sink() instanceof ReadableSink readable) {
      return readable;
    }
    throw new IllegalStateException(
        "%s: verification needs a readable sink: %s does not implement ReadableSink"
            .formatted(parts.link(), parts.sink()));
  }
}
