package org.etcdmirror.core.internal.flow;

import java.time.Duration;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Pause;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.StateMachine;

/** Stops the applier while a pause is requested. Used by the applier's thread alone. */
final class PausePoint {

  private static final Duration TICK = Duration.ofMillis(200);

  private final Pause pause;
  private final StateMachine states;
  private final CheckpointKeeper keeper;
  private final SinkWatch watch;
  private final Retry retry;

  PausePoint(MirrorRuntime runtime, CheckpointKeeper keeper, SinkWatch watch, Retry retry) {
    this.pause = runtime.pause();
    this.states = runtime.states();
    this.keeper = keeper;
    this.watch = watch;
    this.retry = retry;
  }

  /** Stands still until the pause is over or the mirror is to end. Data alone waits. */
  void hold() throws InterruptedException, Retry.StoppedException {
    states.paused(true);
    pause.stands();
    try {
      while (!pause.awaitEnd(TICK)) {
        lookAround();
      }
    } finally {
      pause.leaves();
    }
    states.paused(false);
  }

  /** Does what goes on while nothing is written. */
  void lookAround() throws InterruptedException, Retry.StoppedException {
    watch.tick();
    if (keeper.isDoubtMissing()) {
      retry.run(keeper::storeDoubt, states::sinkFailing);
    }
  }
}
