package org.etcdmirror.core.internal.cutover;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.CutoverException;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.identity.ClusterProof;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Progress;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.run.StateMachine;
import org.jspecify.annotations.Nullable;

/**
 * Ends a link by a cut-over: the applier writes a {@link CutoverMark} into its checkpoint, between
 * two batches, and nothing after it. Until the mark is written the mirror goes on, whatever
 * happens. {@link #loaded} and {@link #consider} are for the applier's thread, the rest is for any
 * other.
 */
public final class CutoverCommit {

  /**
   * A requested cut-over.
   *
   * @param changes what {@link Progress#changes} was before the target was at its index
   * @param target the target's identity and index
   * @param verified the comparison that was made since
   * @param newSource the target as a source
   * @param selection what is read of it
   */
  public record Wish(
      long changes,
      SourceHead target,
      VerifyReport verified,
      EventSource newSource,
      Selection selection) {}

  /** A wish that waits, and what has been found out about it on the applier's thread. */
  private static final class Waiting {
    final Wish wish;
    final CompletableFuture<CutoverMark> answer = new CompletableFuture<>();

    /** The source's head when the request was first seen. */
    @Nullable SourceHead head;

    Waiting(Wish wish) {
      this.wish = wish;
    }
  }

  private final String link;
  private final EventSource source;
  private final EventSink sink;
  private final Selection selection;
  private final CheckpointKeeper keeper;
  private final Progress progress;
  private final StateMachine states;
  private final AtomicReference<@Nullable Waiting> waiting = new AtomicReference<>();
  private final CountDownLatch known = new CountDownLatch(1);
  private volatile @Nullable CutoverMark mark;
  private volatile boolean over;

  /** Wakes the applier. */
  private final Runnable waker;

  /**
   * A link that is not ended.
   *
   * @param waker wakes the applier, which may sleep for seconds
   */
  public CutoverCommit(
      String link, MirrorRuntime runtime, CheckpointKeeper keeper, Runnable waker) {
    this.waker = waker;
    Sides sides = runtime.sides();
    this.link = link;
    this.source = sides.source();
    this.sink = sides.sink();
    this.selection = sides.mapper().selection();
    this.keeper = keeper;
    this.progress = runtime.progress();
    this.states = runtime.states();
  }

  /** Whether a cut-over waits for the applier. */
  public boolean isWaiting() {
    return waiting.get() != null;
  }

  /** Whether a batch changes what the sink holds. To keep something alive is no change. */
  public static boolean isChange(EventBatch batch) {
    return batch.events().stream().anyMatch(event -> !(event instanceof Refresh));
  }

  /** Checks the loaded checkpoint: a link that was cut over does not start again. */
  public void loaded(@Nullable Checkpoint checkpoint) {
    mark = checkpoint == null ? null : CutoverMark.of(checkpoint);
    known.countDown();
    CutoverMark found = mark;
    if (found != null) {
      throw found.refusal(link);
    }
  }

  /**
   * The mark in the link's checkpoint once that was loaded or the mirror has ended; null if there
   * is none, or if nothing was loaded in time.
   */
  @Nullable
  public CutoverMark awaitMark(Duration timeout) throws InterruptedException {
    return known.await(timeout.toNanos(), TimeUnit.NANOSECONDS) ? mark : null;
  }

  /**
   * Ends the link, if the sink comes level within the time and nothing was written to it since the
   * wish was made.
   *
   * @throws CutoverException if it is not to be, and the mirror goes on
   * @throws IOException if a side did not answer; the mark is taken back where it may be stored
   */
  public CutoverMark end(Wish wish, Duration timeout) throws IOException, InterruptedException {
    Waiting mine = new Waiting(wish);
    if (!waiting.compareAndSet(null, mine)) {
      throw new CutoverException(
          link + ": another cut-over of this link is running; wait for it to end");
    }
    if (over) {
      abandon();
    }
    waker.run();
    try {
      return mine.answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      if (waiting.compareAndSet(mine, null)) {
        throw notLevel(progress.status(link, states.state()));
      }
      // The answer is found at this moment.
      return settled(mine);
    } catch (ExecutionException e) {
      throw thrown(e);
    } finally {
      waiting.compareAndSet(mine, null);
    }
  }

  private CutoverMark settled(Waiting mine) throws IOException, InterruptedException {
    try {
      return mine.answer.get();
    } catch (ExecutionException e) {
      throw thrown(e);
    }
  }

  /** Rethrows on this thread what the applier's thread threw. */
  private IOException thrown(ExecutionException failure) {
    Throwable cause = failure.getCause();
    if (cause instanceof CutoverException refused) {
      throw refused;
    } else if (cause instanceof PermanentException permanent) {
      throw new PermanentException(permanent.toString(), permanent);
    }
    String what =
        cause instanceof IOException ? cause.getMessage() : "the mirror stopped meanwhile";
    return new IOException(
        "%s: cut-over failed: %s; the mirror goes on, try again".formatted(link, what), cause);
  }

  /** Fails the waiting cut-over, because the mirror has ended. */
  public void abandon() {
    over = true;
    known.countDown();
    Waiting left = waiting.getAndSet(null);
    if (left != null) {
      left.answer.completeExceptionally(
          new CutoverException(link + ": cut-over failed: the mirror stopped meanwhile"));
    }
  }

  /**
   * Between two batches, while the sink is not adrift.
   *
   * @return whether the link has ended, so that nothing may be written any more
   */
  public boolean consider() throws InterruptedException {
    Waiting wanted = waiting.get();
    Checkpoint at = keeper.current();
    if (wanted == null || at == null) {
      return false;
    }
    try {
      String refusal = refusal(wanted, at);
      if ((refusal == null && !isReady(wanted, at)) || !waiting.compareAndSet(wanted, null)) {
        return false;
      }
      if (refusal == null) {
        mark = store(wanted.wish, at);
        wanted.answer.complete(mark);
      } else {
        wanted.answer.completeExceptionally(new CutoverException(refusal));
      }
      return refusal == null;
    } catch (IOException e) {
      // Only the cut-over has failed: the mirror goes on.
      wanted.answer.completeExceptionally(e);
      waiting.compareAndSet(wanted, null);
      return false;
    } catch (Throwable e) {
      wanted.answer.completeExceptionally(e);
      throw e;
    }
  }

  private @Nullable String refusal(Waiting wanted, Checkpoint at)
      throws IOException, InterruptedException {
    if (progress.changes.get() != wanted.wish.changes()) {
      return "%s: cut-over refused: the mirror wrote to the sink during the comparison, through source index %d; stop all writers and try again"
          .formatted(link, at.index());
    }
    if (wanted.head == null) {
      wanted.head = source.head(selection);
      return otherTarget(wanted.wish, at);
    }
    return null;
  }

  /** Why the new source is not what the mirror writes to; an equal cluster id does not tell. */
  private @Nullable String otherTarget(Wish wish, Checkpoint at)
      throws IOException, InterruptedException {
    SinkCluster cluster = sink.cluster();
    if (cluster == null) {
      return null;
    }
    String id = cluster.head().clusterId();
    if (!id.equals(wish.target().clusterId())) {
      return "%s: cut-over refused: the sink is cluster %s, but the new source is cluster %s"
          .formatted(link, id, wish.target().clusterId());
    }
    ClusterProof.Finding found =
        new ClusterProof(cluster, wish.newSource(), wish.selection())
            .decide(() -> keeper.rewrite(at));
    return found.verdict() == ClusterProof.Verdict.DIFFERENT
        ? "%s: cut-over refused: the sink and the new source are two clusters with the same id %s (%s)"
            .formatted(link, id, found.numbers())
        : null;
  }

  /** Whether no request of this mirror may still change the target. */
  private boolean isReady(Waiting wanted, Checkpoint at) {
    return isLevel(wanted, at) && keeper.notes().suspects().isEmpty();
  }

  /** Whether the sink holds all that was in the source when the wish was first seen. */
  private static boolean isLevel(Waiting wanted, Checkpoint at) {
    SourceHead head = wanted.head;
    return head != null && at.index() >= head.index() && head.clusterId().equals(at.clusterId());
  }

  private CutoverMark store(Wish wish, Checkpoint at) throws IOException, InterruptedException {
    CutoverMark next =
        new CutoverMark(
            at.index(),
            wish.target().index(),
            wish.target().clusterId(),
            wish.verified().compared(),
            wish.verified().unsupported(),
            Instant.now());
    keeper.saveLast(next.in(at));
    return next;
  }

  /** The failure of a cut-over whose sink did not come level in time. */
  public static CutoverException notLevel(MirrorStatus status) {
    MirrorStatus.Suspects suspects = status.suspects();
    return new CutoverException(
        "%s: cut-over refused: the sink did not catch up in time: %s, source index %d of %d%s"
            .formatted(
                status.link(),
                status.state(),
                status.index(),
                status.sourceIndex(),
                suspects == null
                    ? ""
                    : "; writes of unknown outcome may still change the sink: "
                        + suspects.describe()));
  }
}
