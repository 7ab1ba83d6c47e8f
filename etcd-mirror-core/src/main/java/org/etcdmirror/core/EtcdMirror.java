package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.gap.GapFinder;
import org.etcdmirror.core.internal.lifecycle.MirrorLife;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.verify.Inspection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a sink equal to a source: brings it level, follows, and comes back by itself from whatever
 * can be come back from. What is in the sink under the target prefixes and not in the source is
 * deleted, within the {@link DeleteLimit}.
 *
 * <pre>{@code
 * try (EtcdMirror mirror =
 *     EtcdMirror.builder()
 *         .source(V2Source.of("http://a:2379"))
 *         .sink(V2Sink.of("http://c:2379")) // keeps the index as well
 *         .scope(MirrorScope.of("/conftool"))
 *         .build()) {
 *   mirror.run(); // until another thread closes it
 * }
 * }</pre>
 *
 * <p>A mirror has threads of its own: a reader, an applier, a monitor of the source's history, and
 * one more if it is to verify by itself. Every method may be called from any other thread. A mirror
 * runs once: when it has stopped or failed, build another. It owns its source, sink and index
 * store, and closes them when it is closed.
 *
 * <p>A mirror that would read its own writes fails with a {@link LoopException} before it writes
 * anything, and one whose link was ended by a {@link Cutover} does not start again.
 */
public final class EtcdMirror implements Runnable, AutoCloseable {

  private final Settings settings;
  private final MirrorRuntime runtime;
  private final Inspection inspection;
  private final MirrorLife life;

  EtcdMirror(Settings settings, MirrorRuntime runtime) {
    this.settings = settings;
    this.runtime = runtime;
    CheckpointNotes notes = new CheckpointNotes(settings, runtime);
    this.inspection = new Inspection(settings, runtime, notes);
    this.life = new MirrorLife(settings, runtime, notes, inspection);
  }

  /** A builder with the defaults. */
  public static EtcdMirrorBuilder builder() {
    return new EtcdMirrorBuilder();
  }

  /** The name of the link. */
  public String link() {
    return settings.link();
  }

  /**
   * Starts the mirror and returns at once.
   *
   * @throws IllegalStateException if it was started or closed before
   */
  public void start() {
    life.start();
  }

  /**
   * Starts the mirror and returns when it has been closed. An interrupt closes it.
   *
   * @throws MirrorFailedException if it failed
   * @throws IllegalStateException if it was started or closed before
   */
  @Override
  public void run() {
    life.run();
  }

  /**
   * Brings the sink level with the source as it is now, by writing what differs, stores the index
   * and ends. Works on the caller's thread, in place of {@link #start}.
   *
   * <p>Where a start would find a gap, the {@link RecoveryPolicy} is asked. If it is to stop, no
   * data is written, and the checkpoint says that the sink may not be level. If the gap is to be
   * skipped, the source's newest index is stored, nothing is compared or written, the report has no
   * entries, and the last of {@link MirrorStatus#gaps()} names the loss.
   *
   * @throws MirrorFailedException if it failed; by a {@link GapException} if the policy is to stop
   * @throws CancellationException if it was closed meanwhile
   * @throws IllegalStateException if it was started or closed before
   * @throws InterruptedException if the thread was interrupted
   */
  public ResyncReport syncOnce() throws InterruptedException {
    return life.syncOnce();
  }

  /**
   * What a resync would do now. Changes nothing; may be called before the mirror is started, while
   * it runs, and until it is closed. Under {@link UnsupportedEntries#FAIL} a resync writes nothing
   * if {@link ResyncPlan#unsupported()} is not 0.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws CancellationException if the mirror was closed
   * @throws IllegalStateException if the sink is not a {@link org.etcdmirror.api.ReadableSink}
   */
  public ResyncPlan plan() throws IOException, InterruptedException {
    try {
      return inspection.plan();
    } catch (Retry.StoppedException e) {
      throw MirrorLife.cancelled(e);
    }
  }

  /**
   * Compares source and sink. While others write to the source, what differs at first is looked at
   * again until what stays is real, for a minute at most. Changes nothing; may be called before the
   * mirror is started, while it runs, and until it is closed.
   *
   * <p>A mirror that runs is waited for, up to a minute, unless it is {@link MirrorState#PAUSED} or
   * {@link MirrorState#BLOCKED}. If this one was not started, a mirror in another process may keep
   * the link: as long as the stored index moves, it is waited for likewise. If the sink does not
   * come to where the source is, it is compared as it is, and the report tells how far it is
   * {@linkplain VerifyReport#behind() behind}.
   *
   * <p>Where expiries are copied, one that is earlier in the sink is no difference: no event says
   * that a time to live was prolonged, and the mirror asks only before the copy would go.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws CancellationException if the mirror was closed
   * @throws IllegalStateException if the sink is not a {@link org.etcdmirror.api.ReadableSink}
   */
  public VerifyReport verify() throws IOException, InterruptedException {
    try {
      return inspection.verify(0);
    } catch (Retry.StoppedException e) {
      throw MirrorLife.cancelled(e);
    }
  }

  /**
   * Compares any source and sink, for tests and tools, without their expiries. Neither is closed.
   * Nothing is known of a mirror between them, so what it is about to write is a difference.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws IllegalArgumentException if the scope's prefixes do not fit the source or the sink
   */
  public static VerifyReport compare(EventSource source, ReadableSink sink, MirrorScope scope)
      throws IOException, InterruptedException {
    return Inspection.compare(source, sink, scope);
  }

  /**
   * The gap that a start would find now, if any: whether the stored index can be gone on from. Of
   * several it is the gravest; of a first run it has the reason {@link Gap.Reason#NO_CHECKPOINT}.
   * Changes nothing, and asks no policy.
   *
   * @throws PermanentException if a start would be refused
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public Optional<Gap> foreseeGap() throws IOException, InterruptedException {
    refuseStarted();
    return new GapFinder(settings, runtime).gravestAtStart(load());
  }

  /**
   * The stored index, and how it lies to the source. Changes nothing.
   *
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public StoredIndex storedIndex() throws IOException, InterruptedException {
    refuseStarted();
    Checkpoint stored = load();
    Sides sides = runtime.sides();
    Selection selection = sides.mapper().selection();
    return new StoredIndex(
        stored, sides.source().head(selection), sides.source().history(selection));
  }

  /**
   * A move of the stored index. Nothing is moved before {@link IndexMove#run}.
   *
   * @param index from where the next run is to continue
   * @throws IllegalArgumentException if the source has not come to this index
   * @throws PermanentException if the index must stay: the link was cut over, or the checkpoint
   *     bears what this version does not understand
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public IndexMove moveIndex(long index) throws IOException, InterruptedException {
    return new IndexMove(this, storedIndex(), index);
  }

  /** The threads of a mirror that was started alone use its index store. */
  void refuseStarted() {
    if (runtime.states().state() != MirrorState.CREATED) {
      throw new IllegalStateException(
          "mirror is %s: %s; ask one that was not started"
              .formatted(runtime.states().state(), settings.link()));
    }
  }

  private @Nullable Checkpoint load() throws IOException, InterruptedException {
    return runtime.sides().indexStore().load().orElse(null);
  }

  /**
   * Lets a mirror in {@link MirrorState#BLOCKED} go on with what {@link MirrorStatus#pending()}
   * tells: at most as many deletes as its plan has. Should more turn out to be needed, it stops
   * again. A mirror that is also paused goes on once that is over.
   *
   * @param token the {@link PendingApproval#token()} of what was looked at, so that nothing else is
   *     approved that took its place meanwhile
   * @throws OtherApprovalException if something else waits for an approval by now
   * @throws IllegalStateException if nothing does
   */
  public void approve(String token) {
    runtime.approvals().approve(token);
  }

  /**
   * {@link #pause(Duration)} with the close timeout. An interrupt ends the wait alone, and the
   * thread stays interrupted.
   *
   * @return true if nothing is written any more; false if that is not so yet
   */
  public boolean pause() {
    try {
      return pause(settings.timings().closeTimeout());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Stops writing after the batch in hand, also in the middle of a resync, and waits for that. Once
   * this returned true, no entry is written before {@link #resume}; only the note that the sink may
   * not be level is stored if a gap is found. A batch that the sink does not take is repeated until
   * it does. So is what a server has been sent and not answered: it may be carried out later.
   *
   * <p>The source is still read until the buffer is full, so that a pause of a quiet prefix may
   * last; {@link MirrorStatus#headroom()} tells how long it may last at least. Before the mirror is
   * started this holds from its start on; a {@link MirrorState#BLOCKED} mirror stays that until it
   * is approved. Harmless when repeated; forgotten when the process ends. {@link #syncOnce} does
   * not look at it. On the mirror's own threads, by a listener for example, it only asks for it.
   *
   * @param timeout how long to wait at most; after that the mirror still stops as soon as it can,
   *     and the state becomes {@link MirrorState#PAUSED} then
   * @return true if nothing is written any more; false if that is not so yet, or {@link #resume}
   *     came meanwhile
   * @throws InterruptedException if the thread was interrupted; the mirror stops writing all the
   *     same
   */
  public boolean pause(Duration timeout) throws InterruptedException {
    requireNonNull(timeout, "timeout");
    runtime.pause().begin();
    boolean waits = !life.isCalledByItself();
    return runtime.pause().awaitStopped(waits ? timeout : Duration.ZERO);
  }

  /** Goes on after {@link #pause}; harmless when it is not paused. */
  public void resume() {
    runtime.pause().end();
  }

  Settings settings() {
    return settings;
  }

  MirrorRuntime runtime() {
    return runtime;
  }

  /** By which the link is ended for good. */
  CutoverCommit cutoverCommit() {
    return life.cutoverCommit();
  }

  /** What the mirror is doing and how far it is; cheap. */
  public MirrorStatus status() {
    return runtime
        .progress()
        .status(
            settings.link(), runtime.states().state(), runtime.sides().mapper().excludes().told());
  }

  /**
   * Waits until the sink holds every event of the scope through a source index.
   *
   * <p>An index counts only while the mirror knows that it is of the source that answers. So the
   * stored index of a former run does not count before the source has confirmed it. No index counts
   * while the source does not answer, for another one may take its place, and none while a gap is
   * open.
   *
   * <p>After the mirror has ended, by {@link #close} or by a failure, this returns at once. It
   * tells what the mirror knew when it ended: true if the sink was known to hold the index then,
   * false if not. After a {@link org.etcdmirror.api.FencedException} it is false, because another
   * mirror writes to the sink.
   *
   * @return true if the sink holds it; false if that is not known when the time is over, or when
   *     the mirror ends
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean await(long index, Duration timeout) throws InterruptedException {
    return runtime.progress().await(index, requireNonNull(timeout, "timeout"));
  }

  /**
   * Waits until the sink is level with the source as it was at some moment after this call. Ends at
   * once when that cannot be without a person: when the mirror has failed or was closed, or is
   * {@link MirrorState#BLOCKED}. A mirror that was not started is waited for.
   *
   * @return true if the sink is level; false if it is not when the time is over or the wait ended.
   *     Then {@link #failure} and {@link #status} tell why
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean awaitLevel(Duration timeout) throws InterruptedException {
    requireNonNull(timeout, "timeout");
    return runtime
        .progress()
        .awaitLevel(
            timeout,
            () ->
                switch (runtime.states().state()) {
                  case BLOCKED, FAILED, STOPPED -> true;
                  default -> false;
                });
  }

  /**
   * What ended the mirror, by its own type: such as a {@link GapException}, a {@link LoopException}
   * or a {@link PermanentException}. Empty while the mirror lives, and if it was closed.
   *
   * <p>The message of a failure of the source, the sink or the index store begins with that word:
   * {@code sink http://c:2379: ...}. The exception that the side threw is the cause.
   */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(life.failure());
  }

  /**
   * Ends the mirror: the batch in hand is finished and its index stored, within the close timeout;
   * then the source, sink and index store are closed. May be called in any state and any number of
   * times; on the mirror's own threads, by a listener for example, it only asks for it. If the
   * thread is interrupted meanwhile, nothing more is waited for.
   */
  @Override
  public void close() {
    life.close();
  }
}
