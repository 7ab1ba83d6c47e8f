package org.etcdmirror.benchmarks.workload;

/**
 * The writes of a workload of latency.
 *
 * @param cold how many are measured just after the start of the mirror
 * @param warmUp how many follow that are not measured
 * @param warm how many are measured then
 */
public record Events(int cold, int warmUp, int warm) {

  @Override
  public String toString() {
    return "%,d events cold and %,d after %,d".formatted(cold, warm, cold + warmUp);
  }
}
