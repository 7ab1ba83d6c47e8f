package org.etcdmirror.benchmarks.workload;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V3Fill;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** A command that compares two filled sides and ends, from its start to its end. */
public final class V3Compare implements Workload {

  private static final String PREFIX = "/data/";
  private static final int KEYS_IN_A_REVISION = 100;

  private final String command;
  private final Field field;
  private final int keys;
  private final int everyOther;

  /**
   * With the state of both sides.
   *
   * @param command what the contestants do, for the report
   * @param keys of each side
   * @param everyOther one of so many keys has another value in the sink; 0 for none
   */
  public V3Compare(String command, Field field, int keys, int everyOther) {
    this.command = command;
    this.field = field;
    this.keys = keys;
    this.everyOther = everyOther;
  }

  @Override
  public String name() {
    String state = everyOther == 0 ? "equal" : "one of %d different".formatted(everyOther);
    return "v3 %s, %,d keys, %s".formatted(command, keys, state) + field.title();
  }

  @Override
  public List<Contestant> contestants() {
    return field.contestants();
  }

  @Override
  public Map<Measure, Double> turn(Contestant contestant) throws Exception {
    try (Sides sides = Sides.start(field.server(), Sides.Line.NEAR);
        V3Observer observer = new V3Observer(sides.source(), sides.sink())) {
      JavaPrograms.run(V3Fill.class, sides.source(), PREFIX, 0, keys, 1, 100, KEYS_IN_A_REVISION);
      JavaPrograms.run(V3Fill.class, sides.sink(), PREFIX, 0, keys, 1, 100, KEYS_IN_A_REVISION);
      if (everyOther > 0) {
        JavaPrograms.run(
            V3Fill.class, sides.sink(), PREFIX, 1, keys - 1, everyOther, 100, KEYS_IN_A_REVISION);
      }
      Map<Measure, Double> figures = new EnumMap<>(Measure.class);
      try (OtherClient other = OtherClient.of(field, sides)) {
        other.begin();
        long start = System.nanoTime();
        try (Program program = contestant.start(sides.link(List.of(PREFIX)))) {
          program.result();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        figures.put(Measure.TIME, seconds);
        figures.put(Measure.RATE_WITH_START, keys / seconds);
        figures.putAll(other.end());
      }
      observer.mustBeEqual(List.of(PREFIX));
      return figures;
    }
  }
}
