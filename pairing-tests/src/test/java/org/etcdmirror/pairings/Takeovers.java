package org.etcdmirror.pairings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** How long takeovers took, by the fault that ended the leader. */
final class Takeovers {

  private final Map<String, List<Duration>> byFault = new TreeMap<>();

  void took(String fault, Duration time) {
    byFault.computeIfAbsent(fault, name -> new ArrayList<>()).add(time);
  }

  /** Writes the rows of a table, which scripts/standby-rounds.sh prints. */
  void write(String kind) throws IOException {
    List<String> rows = new ArrayList<>();
    byFault.forEach((fault, times) -> {
      List<Duration> sorted = times.stream().sorted().toList();
      rows.add(
          "| %s | %s | %d | %s | %s |"
              .formatted(
                  kind,
                  fault.toLowerCase(Locale.ROOT),
                  sorted.size(),
                  seconds(sorted.get(sorted.size() / 2)),
                  seconds(sorted.get(sorted.size() - 1))));
    });
    Path target = Files.createDirectories(Path.of("target"));
    Files.write(target.resolve("standby-rounds-" + kind + ".md"), rows);
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
  }
}
