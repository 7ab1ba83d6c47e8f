package org.etcdmirror.benchmarks.workload;

import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Contestant;
import org.etcdmirror.benchmarks.contestant.Link;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.load.V2Fill;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;

/** Writers at full speed while the mirror follows. The rate ends when the sink has all. */
public final class V2Writers implements Workload {

  private static final String DIRECTORY = "/data";

  private final Field field;
  private final int events;
  private final int writers;
  private final int together;
  private final Sides.Line line;

  /**
   * With the size of the load.
   *
   * @param events how many writes there are
   * @param writers on how many connections
   * @param together how many writes a writer sends before it reads the answers
   */
  public V2Writers(Field field, int events, int writers, int together, Sides.Line line) {
    this.field = field;
    this.events = events;
    this.writers = writers;
    this.together = together;
    this.line = line;
  }

  @Override
  public String name() {
    String how = together == 1 ? "" : " without waiting";
    return "v2 live, %,d events of %d writers%s".formatted(events, writers, how) + line.title();
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
      Link link = sides.link(List.of(DIRECTORY));
      try (Program program = contestant.start(link)) {
        observer.awaitKey(program, DIRECTORY + "/last");
        long before = observer.sinkIndex();
        Spent spent = Spent.from(program, sides);
        Load load = new Load(sides);
        load.start();
        long firstWrite = observer.awaitIndex(program, before);
        double loadRate = load.rate();
        long end = observer.awaitEqual(program, DIRECTORY);
        Map<Measure, Double> figures = spent.on(events, firstWrite, end);
        figures.remove(Measure.RATE_WITH_START);
        figures.put(Measure.LOAD_RATE, loadRate);
        return figures;
      }
    }
  }

  /** The writers, beside the wait for the first write. */
  private final class Load extends Thread {

    private final Sides sides;
    private double rate;
    private boolean finished;

    Load(Sides sides) {
      super("load");
      this.sides = sides;
    }

    @Override
    public void run() {
      try {
        rate =
            JavaPrograms.run(V2Fill.class, sides.source(), DIRECTORY, events, writers, together)
                .getOrDefault("rate", 0.0);
        finished = true;
      } catch (Exception e) {
        throw new IllegalStateException("the load failed", e);
      }
    }

    double rate() throws InterruptedException {
      join();
      if (!finished) {
        throw new IllegalStateException("the load failed");
      }
      return rate;
    }
  }
}
