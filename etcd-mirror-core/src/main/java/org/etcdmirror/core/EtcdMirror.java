package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.cutover.CutoverCommit;
import org.etcdmirror.core.internal.cutover.LoopForecast;
import org.etcdmirror.core.internal.gap.GapFinder;
import org.etcdmirror.core.internal.lifecycle.Engine;
import org.etcdmirror.core.internal.lifecycle.Lives;
import org.etcdmirror.core.internal.lifecycle.MirrorLife;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.verify.Inspection;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a sink equal to a source: copies what differs, follows the events, and recovers by itself
 * from every transient failure. Deletes keys under the target prefixes that the source does not
 * hold, within the {@link DeleteLimit}.
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
 * <p>A mirror has its own threads: a reader, an applier, a monitor of the source's history, and a
 * verifier if one is configured. Every method may be called from any other thread. A mirror runs
 * once: when it has stopped or failed, build another. It owns its source, sink and index store, and
 * closes them when it is closed.
 *
 * <p>A mirror that would read its own writes fails with a {@link LoopException} before it writes
 * anything. After a {@link Cutover} has ended its link, a mirror does not start again.
 */
public final class EtcdMirror implements Runnable, AutoCloseable {

  /** The longest time that a member takes to stand by again: its engine ends before. */
  private static final Duration NEXT_ENGINE = Duration.ofMinutes(1);

  private final Settings settings;
  private final Lives lives;

  EtcdMirror(Settings settings, Lives lives) {
    this.settings = settings;
    this.lives = lives;
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
    lives.start();
  }

  /**
   * Starts the mirror and returns when it has been closed. An interrupt closes it.
   *
   * @throws MirrorFailedException if it failed
   * @throws IllegalStateException if it was started or closed before
   */
  @Override
  public void run() {
    lives.run();
  }

  /**
   * Writes what differs between the source as it is now and the sink, stores the index and ends.
   * Runs on the caller's thread. Use it instead of {@link #start}.
   *
   * <p>If a start would find a gap, the {@link RecoveryPolicy} is asked. If the policy fails, no
   * data is written, and the checkpoint says that the sink may not be level. If it skips the gap,
   * only the source's newest index is stored: nothing is compared or written, the report has no
   * entries, and the last of {@link MirrorStatus#gaps()} names the loss.
   *
   * @throws MirrorFailedException if it failed; its cause is a {@link GapException} if the policy
   *     fails
   * @throws CancellationException if it was closed meanwhile
   * @throws IllegalStateException if it was started or closed before
   * @throws InterruptedException if the thread was interrupted
   */
  public ResyncReport syncOnce() throws InterruptedException {
    return lives.syncOnce();
  }

  /**
   * Returns what a resync would do now. Changes nothing. May be called before the mirror is
   * started, while it runs, and until it is closed. Under {@link UnsupportedEntries#FAIL} a resync
   * writes nothing if {@link ResyncPlan#unsupported()} is not 0.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws CancellationException if the mirror was closed
   * @throws IllegalStateException if the sink is not a {@link org.etcdmirror.api.ReadableSink}
   */
  public ResyncPlan plan() throws IOException, InterruptedException {
    return inspect(Inspection::plan);
  }

  /**
   * Compares source and sink. Checks each difference again, for at most a minute, so that writes in
   * progress are not reported. Changes nothing. May be called before the mirror is started, while
   * it runs, and until it is closed.
   *
   * <p>Waits up to a minute for a running mirror, unless it is {@link MirrorState#PAUSED} or {@link
   * MirrorState#BLOCKED}. If this mirror was not started, another process may run the link: then
   * this waits in the same way as long as the stored index moves. If the sink does not reach the
   * source's index, it is compared as it is, and the report says how far it is {@linkplain
   * VerifyReport#behind() behind}.
   *
   * <p>If expiries are copied, an earlier expiry in the sink is not a difference: no event reports
   * a prolonged time to live, and the mirror reads it only before the copy would expire.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws CancellationException if the mirror was closed
   * @throws IllegalStateException if the sink is not a {@link org.etcdmirror.api.ReadableSink}
   */
  public VerifyReport verify() throws IOException, InterruptedException {
    return inspect(inspection -> inspection.verify(0));
  }

  /** What an engine looks for. */
  @FunctionalInterface
  private interface Inspected<T> {
    T by(Inspection inspection) throws IOException, InterruptedException, Retry.StoppedException;
  }

  /** If the engine ends because another member leads, the next one begins anew. */
  private <T> T inspect(Inspected<T> looked) throws IOException, InterruptedException {
    Engine engine = lives.now();
    while (true) {
      Exception ended;
      try {
        return looked.by(engine.inspection());
      } catch (Retry.StoppedException e) {
        ended = e;
      } catch (ClosedException e) {
        if (!engine.inspection().isClosed()) {
          throw e;
        }
        ended = e;
      }
      Engine next = lives.after(engine, NEXT_ENGINE);
      if (next == null) {
        throw MirrorLife.cancelled(ended);
      }
      engine = next;
    }
  }

  /**
   * Compares any source and sink, for tests and tools, without their expiries. Closes neither.
   * Knows nothing of a mirror between them, so a change that the mirror has not written yet is a
   * difference.
   *
   * @throws IOException if the source or the sink cannot be read now
   * @throws IllegalArgumentException if the scope's prefixes do not fit the source or the sink
   */
  public static VerifyReport compare(EventSource source, ReadableSink sink, MirrorScope scope)
      throws IOException, InterruptedException {
    return Inspection.compare(source, sink, scope);
  }

  /**
   * Returns the gap that a start would find now; empty if the mirror could continue from the stored
   * index. Of several gaps it returns the gravest. For a first run the reason is {@link
   * Gap.Reason#NO_CHECKPOINT}. Changes nothing, and asks no policy.
   *
   * @throws PermanentException if a start would be refused
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public Optional<Gap> foreseeGap() throws IOException, InterruptedException {
    refuseStarted();
    return new GapFinder(settings, runtime()).gravestAtStart(load());
  }

  /**
   * Returns the loop for which a start would be refused, or may be: whether two sides with the same
   * cluster id are one cluster, only a write decides. Empty if no loop is found. A reverse link
   * whose index the user may not read is not found. Changes nothing.
   *
   * @throws IOException if the source, the sink or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public Optional<LoopException> foreseeLoop() throws IOException, InterruptedException {
    refuseStarted();
    return new LoopForecast(settings.link(), runtime().sides()).find(load());
  }

  /**
   * Returns the stored index and its distance from the source. Changes nothing.
   *
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public StoredIndex storedIndex() throws IOException, InterruptedException {
    refuseStarted();
    Checkpoint stored = load();
    Sides sides = runtime().sides();
    Selection selection = sides.mapper().selection();
    return new StoredIndex(
        stored, sides.source().head(selection), sides.source().history(selection));
  }

  /**
   * Prepares a move of the stored index. {@link IndexMove#run} moves it.
   *
   * @param index the index from which the next run continues
   * @throws IllegalArgumentException if the source has not reached this index
   * @throws PermanentException if the index must not move: the link was cut over, or the checkpoint
   *     has a note that this version does not understand
   * @throws IOException if the source or the index store cannot be read now
   * @throws IllegalStateException if the mirror was started or closed before
   */
  public IndexMove moveIndex(long index) throws IOException, InterruptedException {
    return new IndexMove(this, storedIndex(), index);
  }

  /** The threads of a mirror that was started alone use its index store. */
  void refuseStarted() {
    MirrorState state = runtime().states().state();
    if (state != MirrorState.CREATED) {
      throw new IllegalStateException(
          "mirror is %s: %s; ask one that was not started".formatted(state, settings.link()));
    }
  }

  private @Nullable Checkpoint load() throws IOException, InterruptedException {
    return runtime().sides().indexStore().load().orElse(null);
  }

  /**
   * Approves {@link MirrorStatus#pending()} of a mirror in {@link MirrorState#BLOCKED}: at most as
   * many deletes as its plan has. If it needs more, it blocks again. A mirror that is also paused
   * continues after {@link #resume}.
   *
   * @param token the {@link PendingApproval#token()} that you looked at, so that no newer question
   *     is approved by mistake
   * @throws OtherApprovalException if another question waits for approval by now
   * @throws IllegalStateException if none does
   */
  public void approve(String token) {
    runtime().approvals().approve(token);
  }

  /**
   * Calls {@link #pause(Duration)} with the close timeout. An interrupt ends only the wait, and the
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
   * Stops writing after the current batch, also in the middle of a resync, and waits for that.
   * After this returned true, no entry is written before {@link #resume}. If a gap is found
   * meanwhile, the checkpoint only stores that the sink may not be level. A batch that fails is
   * repeated until the sink accepts it. A request that a server has not answered may still be
   * executed later.
   *
   * <p>The mirror still reads the source until the buffer is full, so a quiet prefix can be paused
   * for long. {@link MirrorStatus#headroom()} says for how long at least. If the mirror is not
   * started yet, the pause begins with the start. A {@link MirrorState#BLOCKED} mirror stays
   * blocked until it is approved. Repeated calls are harmless. A pause ends with the process.
   * {@link #syncOnce} ignores it. On the mirror's own threads, for example in a listener, this only
   * requests the pause and does not wait.
   *
   * @param timeout how long to wait at most; after that the mirror still stops as soon as it can,
   *     and its state becomes {@link MirrorState#PAUSED}
   * @return true if nothing is written any more; false if that is not so yet, or {@link #resume}
   *     came meanwhile
   * @throws InterruptedException if the thread was interrupted; the mirror stops writing all the
   *     same
   */
  public boolean pause(Duration timeout) throws InterruptedException {
    requireNonNull(timeout, "timeout");
    Pause pause = wish(Pause::begin);
    boolean waits = !lives.isCalledByItself();
    return pause.awaitStopped(waits ? timeout : Duration.ZERO);
  }

  /** Tells a wish to the engine in use, also if that is replaced at this moment. */
  private Pause wish(Consumer<Pause> wish) {
    Engine told;
    do {
      told = lives.now();
      wish.accept(told.runtime().pause());
    } while (!told.equals(lives.now()));
    return told.runtime().pause();
  }

  /** Continues after {@link #pause}. Does nothing if the mirror is not paused. */
  public void resume() {
    Pause unused = wish(Pause::end);
  }

  Settings settings() {
    return settings;
  }

  MirrorRuntime runtime() {
    return lives.now().runtime();
  }

  /** Whether other members of the link may lead. */
  boolean hasStandbys() {
    return settings.standby() != null;
  }

  /** By which the link is ended for good. */
  CutoverCommit cutoverCommit() {
    return lives.now().life().cutoverCommit();
  }

  /** Returns the state, the progress and the counters. Cheap. */
  public MirrorStatus status() {
    MirrorStatus.Membership membership = lives.membership();
    Engine engine = lives.now();
    MirrorRuntime runtime = engine.runtime();
    return runtime
        .progress()
        .status(
            settings.link(),
            runtime.states().state(),
            runtime.repeatedResyncs().now(),
            engine.notes().expiring().size(),
            runtime.sides().mapper().excludes().told(),
            membership);
  }

  /**
   * Waits until the sink holds every event of the scope through a source index.
   *
   * <p>An index counts only while the mirror knows that it belongs to the source that answers. So
   * the stored index of a former run counts only after the source has confirmed it. No index counts
   * while the source does not answer, because another source may have taken its place. None counts
   * while a gap is open.
   *
   * <p>After the mirror has ended, by {@link #close} or by a failure, this returns at once, with
   * what the mirror knew when it ended: true if it knew that the sink held the index. After a
   * {@link org.etcdmirror.api.FencedException} it is false, because another mirror writes to the
   * sink.
   *
   * @return true if the sink holds it; false if the mirror does not know that when the time is over
   *     or when it ends
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean await(long index, Duration timeout) throws InterruptedException {
    return await(timeout, (runtime, left) -> runtime.progress().await(index, left));
  }

  /**
   * Waits until the sink is level with the source as it was at some moment after this call. The
   * source is asked where it is for that, after this call, and must have answered. Returns false at
   * once if the mirror failed, was closed, or is {@link MirrorState#BLOCKED}, because only a person
   * can change that. Also waits for a mirror that is not started yet. While nothing is written to
   * it, a source proves that it is alive about once a second, and an etcd v3 before 3.4.31 and
   * 3.5.13 every five seconds.
   *
   * @return true if the sink is level; false if it is not when the time is over or the wait ended.
   *     Then {@link #failure} and {@link #status} give the reason
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean awaitLevel(Duration timeout) throws InterruptedException {
    return await(
        timeout, (runtime, left) -> runtime.progress().awaitLevel(left, () -> isHopeless(runtime)));
  }

  private static boolean isHopeless(MirrorRuntime runtime) {
    return switch (runtime.states().state()) {
      case BLOCKED, FAILED, STOPPED -> true;
      default -> false;
    };
  }

  /** Waits on one engine, and on the next one when that has ended. */
  private boolean await(Duration timeout, EngineWait wait) throws InterruptedException {
    long deadline = System.nanoTime() + NANOSECONDS.convert(timeout);
    Engine engine = lives.now();
    while (!wait.await(engine.runtime(), left(deadline))) {
      if (!engine.runtime().shutdown().hasBegun()) {
        return false;
      }
      Engine next = lives.after(engine, left(deadline));
      if (next == null) {
        return false;
      }
      engine = next;
    }
    return true;
  }

  private static Duration left(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  /** Waits for something that an engine does; whether it came. */
  @FunctionalInterface
  private interface EngineWait {
    boolean await(MirrorRuntime runtime, Duration timeout) throws InterruptedException;
  }

  /**
   * Returns the exception that ended the mirror, with its own type, such as a {@link GapException},
   * a {@link LoopException} or a {@link PermanentException}. Empty while the mirror runs, and if it
   * was closed.
   *
   * <p>The message of a failure of the source, the sink or the index store begins with that word:
   * {@code sink http://c:2379: ...}. The exception that the side threw is the cause.
   */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(lives.failure());
  }

  /**
   * Ends the mirror. Finishes the current batch and stores its index, within the close timeout.
   * Then closes the source, the sink and the index store. May be called in any state and any number
   * of times. On the mirror's own threads, for example in a listener, this only requests the end.
   * If the thread is interrupted meanwhile, this returns without waiting further.
   */
  @Override
  public void close() {
    lives.close();
  }
}
