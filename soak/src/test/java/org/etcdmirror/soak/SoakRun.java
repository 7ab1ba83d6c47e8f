package org.etcdmirror.soak;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Rounds, one after the other: the first with the given seed, each next one with the next seed. */
final class SoakRun {

  private final Path directory;
  private final PrintStream out;
  private final Tally all = new Tally();
  private int rounds;

  /**
   * A run.
   *
   * @param directory where a directory of each round with a loss is kept
   */
  SoakRun(Path directory, PrintStream out) {
    this.directory = directory;
    this.out = out;
  }

  /** Performs one round and prints what happened. */
  void round(long seed, Duration faults) throws Exception {
    Path own = directory.resolve("round-" + seed);
    delete(own);
    long began = System.nanoTime();
    try (Round round = new Round(seed, faults, own)) {
      try {
        round.perform();
      } catch (Exception e) {
        round.tally().loss("the round ended: " + e);
        throw e;
      } finally {
        rounds++;
        all.add(round.tally());
        out.printf("round %d: %s%n", seed, round.settings());
        round.tally().lines().forEach(out::println);
        round.keepEvidence();
      }
      all.count("time", "seconds", (System.nanoTime() - began) / 1_000_000_000);
      if (!round.tally().losses().isEmpty()) {
        out.printf("  kept in %s; to repeat it: scripts/soak.sh 1 %d%n", own, seed);
        return;
      }
    }
    delete(own);
  }

  /** Prints the sums. */
  Tally end() {
    out.printf("%d rounds in all%n", rounds);
    all.lines().forEach(out::println);
    return all;
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> tree = Files.walk(directory)) {
        List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
        for (Path path : deepestFirst) {
          Files.delete(path);
        }
      }
    }
  }
}
