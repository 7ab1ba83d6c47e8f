package org.etcdmirror.simulation.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SchedulerTest {

  private final Scheduler scheduler = new Scheduler(1, 0.2);
  private final Object lock = new Object();
  private final List<String> done = new ArrayList<>();

  private SimulatedThread start(String name, Runnable task) {
    return scheduler.start(Scheduler.currentThread().process(), name, task);
  }

  private static void sleep(long millis) {
    try {
      SimulatedCalls.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      SimulatedCalls.join(thread);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void sleepTakesSimulatedTimeOnly() {
    long began = System.nanoTime();
    scheduler.run(() -> {
      start("late", () -> done.add("late after " + slept(7_200_000)));
      done.add("early after " + slept(3_600_000));
    });
    assertThat(done).first().asString().startsWith("early after 3600");
    assertThat(System.nanoTime() - began).isLessThan(TimeUnit.MINUTES.toNanos(30));
  }

  private long slept(long millis) {
    long before = scheduler.now();
    sleep(millis);
    return (scheduler.now() - before) / 1_000_000_000;
  }

  @Test
  void frozenProcessDoesNothingUntilItGoesOn() {
    scheduler.run(() -> {
      SimulatedProcess other = new SimulatedProcess("other");
      SimulatedThread thread =
          scheduler.start(
              other,
              "frozen",
              () -> {
                sleep(1_000);
                done.add("frozen");
              });
      scheduler.freeze(other, TimeUnit.SECONDS.toNanos(10));
      sleep(5_000);
      done.add("others");
      join(thread);
      done.add("after " + scheduler.now() / 1_000_000_000);
    });
    // The time begins at 1 s, and the thread with its second of sleep when it may run.
    assertThat(done).containsExactly("others", "frozen", "after 12");
  }

  @Test
  void threadMayStillWaitWhenItsProcessGoesOn() {
    scheduler.run(() -> {
      SimulatedProcess other = new SimulatedProcess("other");
      SimulatedThread thread =
          scheduler.start(other, "frozen", () -> done.add("slept " + slept(20_000)));
      sleep(1_000);
      scheduler.freeze(other, TimeUnit.SECONDS.toNanos(5));
      join(thread);
    });
    assertThat(done).containsExactly("slept 20");
  }

  @Test
  void oneThreadIsInAMonitorAtATime() {
    AtomicLong inside = new AtomicLong();
    scheduler.run(() -> {
      List<SimulatedThread> threads = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        threads.add(
            start(
                "in-" + i,
                () -> {
                  SimulatedCalls.enter(lock);
                  assertThat(inside.incrementAndGet()).isEqualTo(1);
                  sleep(10);
                  inside.decrementAndGet();
                  SimulatedCalls.exit(lock);
                }));
      }
      threads.forEach(SchedulerTest::join);
      done.add("all");
    });
    assertThat(done).containsExactly("all");
  }

  @Test
  void notifyWakesAThreadThatWaits() {
    scheduler.run(() -> {
      Thread waiter =
          start(
              "waiter",
              () -> {
                SimulatedCalls.enter(lock);
                try {
                  SimulatedCalls.wait(lock);
                  done.add("woken");
                } catch (InterruptedException e) {
                  done.add("interrupted");
                } finally {
                  SimulatedCalls.exit(lock);
                }
              });
      sleep(100);
      SimulatedCalls.enter(lock);
      SimulatedCalls.notifyAll(lock);
      done.add("told");
      SimulatedCalls.exit(lock);
      join(waiter);
    });
    assertThat(done).containsExactly("told", "woken");
  }

  @Test
  void threadsThatWaitForEachOtherAreFound() {
    assertThatThrownBy(() ->
            scheduler.run(() -> {
              Object other = new Object();
              Thread second =
                  start(
                      "second",
                      () -> {
                        SimulatedCalls.enter(other);
                        sleep(10);
                        SimulatedCalls.enter(lock);
                      });
              SimulatedCalls.enter(lock);
              sleep(10);
              SimulatedCalls.enter(other);
              join(second);
            }))
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining("no thread can go on");
  }

  @Test
  void aLoopWithoutAWaitIsFound() {
    assertThatThrownBy(() ->
            scheduler.run(() -> {
              while (SimulatedCalls.nanoTime() > 0) {
                Thread.onSpinWait();
              }
            }))
        .isInstanceOf(SimulationException.class)
        .hasMessageContaining("endless");
  }

  @Test
  void anInterruptEndsAWait() {
    scheduler.run(() -> {
      Thread sleeper =
          start(
              "sleeper",
              () -> {
                try {
                  SimulatedCalls.sleep(1_000_000);
                } catch (InterruptedException e) {
                  done.add("interrupted");
                }
              });
      sleep(10);
      sleeper.interrupt();
      join(sleeper);
    });
    assertThat(done).containsExactly("interrupted");
  }

  @Test
  void aKilledProcessDoesNothingMore() {
    scheduler.run(() -> {
      SimulatedProcess process = new SimulatedProcess("victim");
      scheduler.start(
          process,
          "victim",
          () -> {
            try {
              sleep(1_000);
              done.add("woke");
            } finally {
              SimulatedCalls.enter(lock);
              done.add("cleaned up");
            }
          });
      sleep(10);
      scheduler.kill(process);
      assertThat(scheduler.threadsOf(process)).isEmpty();
      sleep(2_000);
    });
    assertThat(done).isEmpty();
  }

  @Test
  void oneSeedGivesOneOrder() {
    assertThat(orderOf(5)).isEqualTo(orderOf(5));
    assertThat(orderOf(5)).isNotEqualTo(orderOf(6));
  }

  private static List<Integer> orderOf(long seed) {
    List<Integer> order = new ArrayList<>();
    Scheduler scheduler = new Scheduler(seed, 0.5);
    scheduler.run(() -> {
      List<SimulatedThread> threads = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        int number = i;
        threads.add(
            scheduler.start(Scheduler.currentThread().process(), "t" + i, () -> order.add(number)));
      }
      threads.forEach(SchedulerTest::join);
    });
    return order;
  }
}
