package org.etcdmirror.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.etcdmirror.simulation.bytecode.Guards;
import org.etcdmirror.simulation.bytecode.Guards.Guard;

/** The guards of {@code guards.txt}. */
public final class KnownGuards {

  /**
   * A guard and the lives that miss it.
   *
   * @param life the simple name of a class of the package {@code life}
   * @param guard what is taken out
   */
  public record Line(String life, Guard guard) {

    private static Line parse(String text) {
      int blank = text.indexOf(' ');
      return new Line(text.substring(0, blank), Guard.parse(text.substring(blank + 1)));
    }

    /** The lives of a mirror without this guard. */
    public Simulation simulation() {
      return new Simulation(life, new Guards(List.of(guard)));
    }
  }

  private KnownGuards() {}

  /** The guards whose line contains a text. */
  public static List<Line> matching(String text) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(KnownGuards.class.getResourceAsStream("/guards.txt")),
                StandardCharsets.UTF_8))) {
      return in.lines()
          .filter(line -> !line.startsWith("#") && line.contains(text))
          .map(Line::parse)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
