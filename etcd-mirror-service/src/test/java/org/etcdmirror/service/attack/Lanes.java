package org.etcdmirror.service.attack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Performs attacks on several services at once: processor time is counted by process, so they do
 * not disturb each other's measurement. Each lane has a stage of its own and performs one attack
 * after the other on it.
 */
final class Lanes implements AutoCloseable {

  /** Attacks on one stage, at most; a lane takes part of a kind's attacks. */
  private static final int LONGEST_LANE = 14;

  private static final long PATIENCE_SECONDS = 120;

  private final AttackRun.Lengths lengths;
  private final boolean endEach;
  private final Path directory;
  private final Consumer<Result> report;
  private final ExecutorService threads;
  private final Thread atExit = new Thread(this::stopTaking, "lanes-end");
  private volatile boolean ended;
  private final Map<Attack, CompletableFuture<Result>> results = new LinkedHashMap<>();

  Lanes(
      int lanes,
      AttackRun.Lengths lengths,
      boolean endEach,
      Path directory,
      Consumer<Result> report) {
    this.lengths = lengths;
    this.endEach = endEach;
    this.directory = directory;
    this.report = report;
    this.threads = Executors.newFixedThreadPool(lanes);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Begins; the results come one by one. */
  Map<Attack, ? extends Future<Result>> begin(List<Attack> attacks) throws IOException {
    attacks.forEach(attack -> results.put(attack, new CompletableFuture<>()));
    List<Deque<Attack>> lanes = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Attack> some = attacks.stream().filter(a -> a.kind() == kind).toList();
      int parts = (some.size() + LONGEST_LANE - 1) / LONGEST_LANE;
      for (int part = 0; part < parts; part++) {
        Deque<Attack> lane = new ArrayDeque<>();
        for (int i = part; i < some.size(); i += parts) {
          lane.add(some.get(i));
        }
        lanes.add(lane);
      }
    }
    lanes.sort((a, b) -> b.size() - a.size());
    for (Deque<Attack> lane : lanes) {
      Path own = Files.createTempDirectory(directory, "lane");
      threads.execute(() -> run(lane, own));
    }
    return results;
  }

  private void run(Deque<Attack> lane, Path own) {
    Stage stage = null;
    try {
      for (Attack attack = lane.poll(); attack != null && !ended; attack = lane.poll()) {
        try {
          if (stage == null) {
            stage = new Stage(attack.kind(), own);
            if (!stage.becomesLevel()) {
              throw new IllegalStateException("not level before the attack");
            }
          }
          Result result = new AttackRun(stage, attack, lengths).perform(endEach || lane.isEmpty());
          report.accept(result);
          results.get(attack).complete(result);
          if (!result.problems().isEmpty()) {
            // A failure must not count against the next attack.
            stage.close();
            stage = null;
          }
        } catch (Exception | AssertionError e) {
          results.get(attack).completeExceptionally(e);
          if (stage != null) {
            stage.close();
            stage = null;
          }
        }
      }
    } finally {
      if (stage != null) {
        stage.close();
      }
    }
  }

  /** Starts nothing any more, as it would outlive this process. */
  private void stopTaking() {
    ended = true;
    threads.shutdownNow();
  }

  @Override
  public void close() throws InterruptedException {
    stopTaking();
    if (!threads.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("an attack does not end");
    }
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
