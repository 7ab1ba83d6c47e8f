package org.etcdmirror.benchmarks.load;

import java.util.Arrays;
import org.etcdmirror.benchmarks.process.JavaPrograms;

/** Times of single writes. Not safe for use by many threads. */
final class Latencies {

  private final long[] nanos;
  private int count;

  Latencies(int most) {
    this.nanos = new long[most];
  }

  /** A write that arrived before it was acknowledged took no time. */
  void add(long time) {
    nanos[count++] = Math.max(0, time);
  }

  /** Prints the figures in milliseconds. */
  void print(String phase) {
    JavaPrograms.print(phase + ".p50", millis(0.5));
    JavaPrograms.print(phase + ".p99", millis(0.99));
    JavaPrograms.print(phase + ".p999", millis(0.999));
  }

  /** The time that this share of the writes did not exceed. */
  double millis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    int rank = (int) Math.ceil(share * count);
    return sorted[Math.max(0, rank - 1)] / 1e6;
  }
}
