package org.etcdmirror.benchmarks.load;

import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Usage;

/**
 * The writes of a measurement of latency, one at a time: the first ones with a mirror that has just
 * started, then as many as warm it up, then the last ones.
 */
final class Phases {

  /** One write and the wait for it. */
  @FunctionalInterface
  interface Step {

    /**
     * Returns the nanoseconds from the acknowledgement at the source to the arrival at the sink.
     */
    long run(int number) throws Exception;
  }

  private final long mirror;
  private final int cold;
  private final int warmUp;
  private final int warm;

  /** Reads the process of the mirror and the numbers of writes. */
  Phases(String[] arguments, int from) {
    this.mirror = Long.parseLong(arguments[from]);
    this.cold = Integer.parseInt(arguments[from + 1]);
    this.warmUp = Integer.parseInt(arguments[from + 2]);
    this.warm = Integer.parseInt(arguments[from + 3]);
  }

  /** Measures and prints. */
  void run(Step step) throws Exception {
    measure("cold", 0, cold, step);
    for (int number = cold; number < cold + warmUp; number++) {
      step.run(number);
    }
    measure("warm", cold + warmUp, warm, step);
  }

  private void measure(String phase, int from, int count, Step step) throws Exception {
    long before = Usage.cpuMillis(mirror);
    Latencies latencies = new Latencies(count);
    for (int number = from; number < from + count; number++) {
      latencies.add(step.run(number));
    }
    latencies.print(phase);
    JavaPrograms.print(phase + ".cpu", (Usage.cpuMillis(mirror) - before) / (double) count);
  }
}
