package org.etcdmirror.simulation.life;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.Cutover;
import org.etcdmirror.core.CutoverReport;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.simulation.model.Faults;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * The cut-over at the end of some lives: it fails, is killed and repeated. Then the link must not
 * start any more.
 */
final class CutoverEnd {

  private static final long SECOND = LinkLife.SECOND;
  private static final int MOST_ATTEMPTS = 8;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final Faults faults;
  private final Side source;
  private final Side sink;
  private final LinkProcess link;
  private final Runnable callAtOnce;
  private final LongConsumer pass;
  private @Nullable CutoverReport report;

  /** Whether the present attempt has ended. */
  private boolean over;

  /**
   * Of a link whose mirror runs and is level.
   *
   * @param callAtOnce lets others call the mirror meanwhile
   * @param pass lets so many nanoseconds pass
   */
  CutoverEnd(
      Random random,
      Faults faults,
      Side source,
      Side sink,
      LinkProcess link,
      Runnable callAtOnce,
      LongConsumer pass) {
    this.random = random;
    this.faults = faults;
    this.source = source;
    this.sink = sink;
    this.link = link;
    this.callAtOnce = callAtOnce;
    this.pass = pass;
  }

  /**
   * Ends the link.
   *
   * @return whether the sink holds the last write of the source: not one that came after the
   *     cut-over had looked for the last time
   */
  boolean run() {
    faults.requests(0.02, 0.02, random.nextDouble() * 0.1, random.nextDouble() * 0.2);
    // The index of the link back.
    source.mirrorsWrite(key -> false);
    boolean isTroubled = random.nextBoolean();
    for (int attempt = 1; report == null && !scheduler.hasFailed(); attempt++) {
      if (attempt > MOST_ATTEMPTS) {
        throw new SimulationException("not cut over in %d attempts".formatted(MOST_ATTEMPTS));
      }
      if (attempt > MOST_ATTEMPTS / 2) {
        faults.end();
        isTroubled = false;
      }
      attempt(isTroubled);
    }
    faults.end();
    CutoverReport done = Objects.requireNonNull(report);
    scheduler.note(done.describe());
    sink.mirrorsWrite(key -> false);
    requireNoStart();
    return done.sourceIndex() >= source.index();
  }

  /** With trouble, a writer goes on, others call the mirror, or the process is killed. */
  private void attempt(boolean isTroubled) {
    over = false;
    source.writeLast();
    link.run(this::cutOver);
    long until = isTroubled ? trouble() : Scheduler.NEVER;
    boolean unused = scheduler.waitFor(() -> over || scheduler.hasFailed(), until);
    if (report == null) {
      link.crash();
      link.begin();
    }
  }

  /** Returns when the process is killed. */
  private long trouble() {
    long moment = (long) (random.nextDouble() * SECOND);
    switch (random.nextInt(3)) {
      case 0 -> {
        pass.accept(moment);
        source.write();
      }
      case 1 -> {
        pass.accept(moment);
        callAtOnce.run();
      }
      default -> {
        return scheduler.after(moment);
      }
    }
    return Scheduler.NEVER;
  }

  /** On a thread of the mirror's process. */
  private void cutOver() {
    EtcdMirror running = link.mirror();
    EtcdMirror mirror = running == null ? link.build() : running;
    try (EventSource newSource = sink.source();
        IndexStore reverseStore =
            Objects.requireNonNull(source.sink().indexStore(LinkDesign.BACK))) {
      report =
          Cutover.builder()
              .mirror(mirror)
              .newSource(newSource)
              .reverseStore(reverseStore)
              .build()
              .run(PATIENCE);
    } catch (IOException | PermanentException | CancellationException e) {
      scheduler.note("not cut over: " + e.getMessage());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      over = true;
    }
  }

  private void requireNoStart() {
    link.crash();
    link.start();
    EtcdMirror again = Objects.requireNonNull(link.mirror());
    long deadline = scheduler.after(PATIENCE.toNanos());
    while (again.status().state() != MirrorState.FAILED && !scheduler.hasFailed()) {
      if (scheduler.now() > deadline) {
        throw new SimulationException("a link that was cut over starts: " + again.status());
      }
      pass.accept(SECOND);
    }
    String why = again.failure().map(Throwable::getMessage).orElse("");
    if (!why.contains("was cut over") && !scheduler.hasFailed()) {
      throw new SimulationException("a link that was cut over fails otherwise: " + why);
    }
    link.close();
  }
}
