package org.etcdmirror.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A mirror between two clusters of three under faults. {@code scripts/soak.sh} runs it for long.
 */
final class SoakTest {

  private static final long SEED = 1;

  /**
   * From v3 to v3 with a standby, and from v2 to v2, with faults of each part within the short
   * time.
   */
  private static final List<Long> SHORT_SEEDS = List.of(4636L, 2245L);

  private static final Duration SHORT = Duration.ofSeconds(20);
  private static final Duration LONG = Duration.ofSeconds(75);
  private static final Path DIRECTORY = Path.of("target", "soak");

  @Test
  @Tag("long")
  void aMirrorUnderFaultsLosesNothing() throws Exception {
    try (PrintStream report = report()) {
      SoakRun run = new SoakRun(DIRECTORY.toAbsolutePath(), report);
      Long minutes = Long.getLong("soak.minutes");
      if (minutes == null) {
        for (long seed : SHORT_SEEDS) {
          run.round(seed, SHORT);
        }
      } else {
        runFor(Duration.ofMinutes(minutes), run);
      }
      Tally all = run.end();
      assertThat(all.losses()).isEmpty();
      assertThat(all.of("writes", "answered")).isPositive();
    }
  }

  /** It ends with the round that ends behind this time. */
  private static void runFor(Duration time, SoakRun run) throws Exception {
    long end = System.nanoTime() + time.toNanos();
    long seed = Long.getLong("soak.seed", SEED);
    do {
      run.round(seed++, LONG);
    } while (System.nanoTime() - end < 0);
  }

  private static PrintStream report() throws IOException {
    Path file = Path.of(System.getProperty("soak.report", DIRECTORY + "/report.txt"));
    Files.createDirectories(file.toAbsolutePath().getParent());
    return new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
  }
}
