package org.etcdmirror.simulation.life;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.simulation.life.StatusCheck.Moment;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.etcdmirror.simulation.schedule.SimulationException;

/** One of those who call a mirror at the same time. Requires of each call what is promised. */
final class Caller {

  private static final long SECOND = LinkLife.SECOND;

  /** A call that waits for nothing. */
  private static final long AT_ONCE = SECOND;

  /** A close waits for the current batch, and then for the connections. */
  private static final long CLOSE = 40 * SECOND;

  /** A comparison waits for both sides, and for differences to settle. */
  private static final long COMPARISON = 600 * SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final SimulatedProcess process = Scheduler.currentThread().process();
  private final Random random;
  private final EtcdMirror mirror;
  private final OpenCalls calls;
  private final Operator operator;
  private final StatusCheck status;
  private final SilenceCheck silence;

  /**
   * A caller in the process of the present thread.
   *
   * @param random numbers of its own, as it runs beside the others
   */
  Caller(
      Random random,
      EtcdMirror mirror,
      OpenCalls calls,
      Operator operator,
      StatusCheck status,
      SilenceCheck silence) {
    this.random = random;
    this.mirror = mirror;
    this.calls = calls;
    this.operator = operator;
    this.status = status;
    this.silence = silence;
  }

  /** Makes some calls, each after a moment. */
  void callOften() {
    for (int i = 1 + random.nextInt(8); i > 0 && !scheduler.hasFailed(); i--) {
      waitAMoment();
      call();
    }
  }

  /** A mirror that has ended is asked again at once. */
  private void waitAMoment() {
    if (mirror.status().state().isFinal()) {
      return;
    }
    switch (random.nextInt(3)) {
      case 0 -> {}
      case 1 -> pass(random.nextInt(50_000_000));
      default -> pass((long) (random.nextDouble() * 3 * SECOND));
    }
  }

  private void pass(long nanos) {
    boolean unused = scheduler.waitFor(scheduler::hasFailed, scheduler.after(nanos));
  }

  private void call() {
    int dice = random.nextInt(40);
    if (dice < 6) {
      lookAtStatus();
    } else if (dice < 11) {
      awaitIndex(Duration.ofMillis(random.nextInt(20_000)));
    } else if (dice < 14) {
      awaitLevel(Duration.ofMillis(random.nextInt(20_000)));
    } else if (dice < 18) {
      verify();
    } else if (dice < 20) {
      plan();
    } else if (dice < 26) {
      pause(Duration.ofMillis(random.nextInt(12_000)));
    } else if (dice < 32) {
      resume();
    } else if (dice < 36) {
      approve();
    } else if (dice < 39) {
      misuse();
    } else {
      close();
    }
  }

  /** Calls what a listener may call on a thread of the mirror: nothing that waits for it. */
  void callFromListener(boolean isOwnThread) {
    int dice = random.nextInt(20);
    if (dice < 6) {
      lookAtStatus();
    } else if (dice < 9) {
      awaitIndex(Duration.ZERO);
    } else if (dice < 14) {
      approve();
    } else if (dice < 16) {
      call("pause of a listener", isOwnThread ? AT_ONCE : CLOSE, mirror::pause);
      resume();
    } else if (dice < 19) {
      resume();
    } else {
      call("close of a listener", isOwnThread ? AT_ONCE : CLOSE, this::closeMirror);
    }
  }

  private void lookAtStatus() {
    call(
        "status",
        AT_ONCE,
        () -> {
          status.check(mirror);
          return "looked at";
        });
  }

  private void awaitIndex(Duration timeout) {
    Moment before = status.moment();
    long index = Math.max(0, before.source() + random.nextInt(5) - 3);
    call(
        "await " + index,
        timeout.toNanos() + AT_ONCE,
        () -> {
          boolean holds = mirror.await(index, timeout);
          if (holds && index >= before.source()) {
            status.requireLevel(before, mirror);
          }
          return holds;
        });
  }

  private void awaitLevel(Duration timeout) {
    Moment before = status.moment();
    call(
        "await level",
        timeout.toNanos() + AT_ONCE,
        () -> {
          boolean isLevel = mirror.awaitLevel(timeout);
          if (isLevel) {
            status.requireLevel(before, mirror);
          }
          return isLevel;
        });
  }

  private void verify() {
    Moment before = status.moment();
    call(
        "verify",
        COMPARISON,
        () -> {
          VerifyReport report = mirror.verify();
          status.requireTrue(before, report);
          return report.describe();
        });
  }

  private void plan() {
    call("plan", COMPARISON, () -> mirror.plan().deletes());
  }

  private void pause(Duration timeout) {
    call("pause", timeout.toNanos() + AT_ONCE, () -> silence.pause(process, mirror, timeout));
    // Few mirrors stay paused until somebody else resumes them.
    if (random.nextInt(4) > 0) {
      waitAMoment();
      resume();
    }
  }

  private void resume() {
    call(
        "resume",
        AT_ONCE,
        () -> {
          silence.resume(process, mirror);
          return "done";
        });
  }

  /** With the right token, after some time or at once, or with that of another question. */
  private void approve() {
    PendingApproval now = operator.question(mirror);
    boolean isOther = random.nextInt(3) == 0;
    if (random.nextBoolean()) {
      waitAMoment();
    }
    call(
        "approve",
        AT_ONCE,
        () -> {
          operator.approve(mirror, isOther ? operator.anyQuestion(random) : now);
          return "done";
        });
  }

  /** What only a mirror that was not started may be asked. */
  private void misuse() {
    if (mirror.status().state() == MirrorState.CREATED) {
      return;
    }
    Callable<?> refused =
        switch (random.nextInt(4)) {
          case 0 -> mirror::storedIndex;
          case 1 -> () -> mirror.moveIndex(1);
          case 2 -> mirror::foreseeGap;
          default ->
              () -> {
                mirror.start();
                return "started";
              };
        };
    call(
        "misuse",
        AT_ONCE,
        () -> {
          try {
            Object result = refused.call();
            throw new SimulationException("a mirror that was started before answers: " + result);
          } catch (IllegalStateException e) {
            return e.getMessage();
          }
        });
  }

  private void close() {
    call(
        "close",
        CLOSE,
        () -> {
          String closed = closeMirror();
          if (!mirror.status().state().isFinal()) {
            throw new SimulationException(
                "a mirror was closed and has not ended: " + mirror.status());
          }
          silence.closed(process);
          return closed;
        });
  }

  private String closeMirror() {
    mirror.close();
    return "closed";
  }

  /** Makes a call that must return in time. */
  private void call(String what, long limit, Callable<?> task) {
    OpenCalls.Call call = calls.begin(what, process, limit);
    try {
      scheduler.note("%s: %s".formatted(what, task.call()));
    } catch (IOException e) {
      scheduler.note("%s: %s".formatted(what, e));
    } catch (CancellationException e) {
      requireClosed(what);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new SimulationException("%s: %s".formatted(what, e), e);
    } finally {
      calls.end(call);
    }
  }

  private void requireClosed(String what) {
    MirrorState state = mirror.status().state();
    scheduler.note("%s: cancelled, %s".formatted(what, state));
    if (state != MirrorState.STOPPING && !state.isFinal()) {
      throw new SimulationException("%s: cancelled by a mirror that is %s".formatted(what, state));
    }
  }
}
