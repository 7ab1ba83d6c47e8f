package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V3Fill;
import org.etcdmirror.benchmarks.load.V3Live;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** One write after the other, from acknowledged at the source to readable at the sink. */
public final class V3Latency implements Workload {

  private static final String PREFIX = "/data/";

  private final Field field;
  private final Events events;
  private final Sides.Line line;

  /** With the numbers of writes. */
  public V3Latency(Field field, Events events, Sides.Line line) {
    this.field = field;
    this.events = events;
    this.line = line;
  }

  @Override
  public String name() {
    return "v3 latency, " + events + line.title();
  }

  @Override
  public List<Contestant> contestants() {
    return field.contestants();
  }

  @Override
  public Map<Measure, Double> turn(Contestant contestant) throws Exception {
    try (Sides sides = Sides.start(field.server(), line);
        V3Observer observer = new V3Observer(sides.source(), sides.sink())) {
      JavaPrograms.run(V3Fill.class, sides.source(), PREFIX, 0, 1, 1, 100, 1);
      try (Program program = contestant.start(sides.link(List.of(PREFIX)))) {
        observer.awaitKeys(program, PREFIX, 0);
        Map<String, Double> printed =
            JavaPrograms.run(
                V3Live.class,
                sides.source(),
                sides.sink(),
                PREFIX,
                program.pid(),
                events.cold(),
                events.warmUp(),
                events.warm());
        Map<Measure, Double> figures = LatencyFigures.of(printed, program);
        observer.mustBeEqual(List.of(PREFIX));
        return figures;
      }
    }
  }
}
