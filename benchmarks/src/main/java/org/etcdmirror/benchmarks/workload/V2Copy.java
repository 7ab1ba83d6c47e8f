package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V2Fill;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** The first copy of a filled v2 directory into an empty sink. */
public final class V2Copy implements Workload {

  private static final String DIRECTORY = "/data";
  private static final int WRITERS = 20;
  private static final int TOGETHER = 50;

  private final Field field;
  private final int keys;
  private final Sides.Line line;

  /** With the number of keys. */
  public V2Copy(Field field, int keys, Sides.Line line) {
    this.field = field;
    this.keys = keys;
    this.line = line;
  }

  @Override
  public String name() {
    return "v2 copy, %,d keys of 100 bytes".formatted(keys) + line.title();
  }

  @Override
  public List<Contestant> contestants() {
    return field.contestants();
  }

  @Override
  public Map<Measure, Double> turn(Contestant contestant) throws Exception {
    try (Sides sides = Sides.start(field.server(), line);
        V2Observer observer = new V2Observer(sides.source(), sides.sink())) {
      JavaPrograms.run(V2Fill.class, sides.source(), DIRECTORY, keys, WRITERS, TOGETHER);
      long before = observer.sinkIndex();
      try (Program program = contestant.start(sides.link(List.of(DIRECTORY)))) {
        Spent spent = Spent.since(program, sides);
        long firstWrite = observer.awaitIndex(program, before);
        // To read a tree is expensive, so it begins when enough is written.
        observer.awaitIndex(program, before + keys - 1);
        long end = observer.awaitEqual(program, DIRECTORY);
        return spent.on(keys, firstWrite, end);
      }
    }
  }
}
