package org.etcdmirror.benchmarks.workload;

import java.util.EnumMap;
import java.util.Map;
import org.etcdmirror.benchmarks.contestant.Sides;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.Usage;

/** What one piece of work costs, from now on. Not safe for use by many threads. */
final class Spent {

  private final Program contestant;
  private final long source;
  private final long cpu;
  private final long sourceCpu;
  private final long start = System.nanoTime();

  private Spent(Program contestant, Sides sides, long cpu) {
    this.contestant = contestant;
    this.source = sides.sourcePid();
    this.cpu = cpu;
    this.sourceCpu = Usage.cpuMillis(source);
  }

  /** With what a contestant has used since it was started just now. */
  static Spent since(Program started, Sides sides) {
    return new Spent(started, sides, 0);
  }

  /** Without what a contestant has used before. */
  static Spent from(Program running, Sides sides) {
    return new Spent(running, sides, Usage.cpuMillis(running.pid()));
  }

  /**
   * The figures of the work.
   *
   * @param count how many keys or events it was
   * @param firstWrite the time of the first write at the sink
   * @param end the time of the last one
   */
  Map<Measure, Double> on(long count, long firstWrite, long end) {
    Map<Measure, Double> figures = new EnumMap<>(Measure.class);
    figures.put(Measure.RATE, perSecond(count, end - firstWrite));
    figures.put(Measure.RATE_WITH_START, perSecond(count, end - start));
    figures.put(Measure.TIME, (end - start) / 1e9);
    figures.put(Measure.CPU, (Usage.cpuMillis(contestant.pid()) - cpu) * 1000.0 / count);
    figures.put(Measure.SOURCE_CPU, (Usage.cpuMillis(source) - sourceCpu) * 1000.0 / count);
    figures.put(Measure.PEAK, Usage.peakMebibytes(contestant.pid()));
    return figures;
  }

  private static double perSecond(long count, long nanos) {
    return count * 1e9 / Math.max(1, nanos);
  }
}
