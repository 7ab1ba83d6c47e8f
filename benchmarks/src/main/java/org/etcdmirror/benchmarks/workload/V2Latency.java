package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V2Fill;
import org.etcdmirror.benchmarks.load.V2Live;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** One write after the other, from acknowledged at the source to readable at the sink. */
public final class V2Latency implements Workload {

  private static final String DIRECTORY = "/data";

  private final Field field;
  private final Events events;
  private final Sides.Line line;

  /** With the numbers of writes. */
  public V2Latency(Field field, Events events, Sides.Line line) {
    this.field = field;
    this.events = events;
    this.line = line;
  }

  @Override
  public String name() {
    return "v2 latency, " + events + line.title();
  }

  @Override
  public List<Contestant> contestants() {
    return field.contestants();
  }

  @Override
  public Map<Measure, Double> turn(Contestant contestant) throws Exception {
    try (Sides sides = Sides.start(field.server(), line);
        V2Observer observer = new V2Observer(sides.source(), sides.sink())) {
      JavaPrograms.run(V2Fill.class, sides.source(), DIRECTORY, 1, 1, 1);
      try (Program program = contestant.start(sides.link(List.of(DIRECTORY)))) {
        observer.awaitKey(program, DIRECTORY + "/last");
        Map<String, Double> printed =
            JavaPrograms.run(
                V2Live.class,
                sides.source(),
                sides.sink(),
                DIRECTORY,
                program.pid(),
                events.cold(),
                events.warmUp(),
                events.warm());
        Map<Measure, Double> figures = LatencyFigures.of(printed, program);
        observer.mustBeEqual(DIRECTORY);
        return figures;
      }
    }
  }
}
