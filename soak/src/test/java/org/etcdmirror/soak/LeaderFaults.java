package org.etcdmirror.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.etcdmirror.soak.Fault.End;

/**
 * What happens to the instance that leads. It lasts until another one leads, where the clusters let
 * one lead.
 */
final class LeaderFaults {

  private static final Duration TAKEOVER_PATIENCE = Duration.ofSeconds(30);

  private LeaderFaults() {}

  /** What is done to an instance. */
  @FunctionalInterface
  private interface Act {
    void on(Instance instance) throws IOException, InterruptedException;
  }

  /** It is killed, and is started again when another one leads. */
  static End kill(Stage stage, Step step) throws Exception {
    return harm(
        stage,
        step,
        leader -> {
          leader.keepDown(true);
          leader.kill();
        },
        leader -> leader.keepDown(false));
  }

  /** It is asked to end, and is started again when another one leads. */
  static End end(Stage stage, Step step) throws Exception {
    return harm(
        stage,
        step,
        leader -> {
          leader.keepDown(true);
          leader.end();
        },
        leader -> {
          // One that has not ended by now gets what systemd sends in the end.
          leader.kill();
          leader.keepDown(false);
        });
  }

  /** It stands still, and wakes when another one leads. */
  static End freeze(Stage stage, Step step) throws Exception {
    return harm(stage, step, leader -> leader.freeze(true), leader -> leader.freeze(false));
  }

  /** It reaches nothing. */
  static End cutOff(Stage stage, Step step) throws Exception {
    return cut(stage, step, false);
  }

  /** It does not reach the sink. */
  static End cutFromSink(Stage stage, Step step) throws Exception {
    return cut(stage, step, true);
  }

  /** In a black hole, what it sent meanwhile comes when another one leads. */
  private static End cut(Stage stage, Step step, boolean sinkAlone) throws Exception {
    Consumer<Lines> way =
        step.amount() % 2 == 0 ? lines -> lines.stall(sinkAlone) : lines -> lines.reset(sinkAlone);
    return harm(stage, step, leader -> leader.cut(way), Instance::heal);
  }

  private static End harm(Stage stage, Step step, Act begin, Act end) throws Exception {
    Mirrors mirrors = stage.mirrors();
    Instance leader = mirrors.leader();
    mirrors.met(leader, step.fault().name());
    begin.on(leader);
    long start = System.nanoTime();
    return () -> {
      if (!mirrors.isLedByAnother(leader)
          && System.nanoTime() - start < TAKEOVER_PATIENCE.toNanos()) {
        throw new IOException("no other instance leads yet");
      }
      end.on(leader);
    };
  }
}
