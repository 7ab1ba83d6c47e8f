package org.etcdmirror.benchmarks.workload;

/** What a figure tells. */
public enum Measure {
  /** Keys or events in a second, from the first write at the sink to the last one. */
  RATE("rate", "1/s", true),
  /** Keys or events in a second, from the start of the program to the last write. */
  RATE_WITH_START("rate with start", "1/s", true),
  /** The same work as a time. */
  TIME("time", "s", false),
  /** Half of the writes of a mirror that has just started arrive within this time. */
  COLD_P50("cold p50", "ms", false),
  /** As the name says. */
  COLD_P99("cold p99", "ms", false),
  /** As the name says. */
  COLD_P999("cold p99.9", "ms", false),
  /** Processor time of the contestant for an event, just after its start. */
  COLD_CPU("cold processor time per event", "ms", false),
  /** As the name says. */
  WARM_P50("p50", "ms", false),
  /** As the name says. */
  WARM_P99("p99", "ms", false),
  /** As the name says. */
  WARM_P999("p99.9", "ms", false),
  /** Processor time of the contestant for an event. */
  WARM_CPU("processor time per event", "ms", false),
  /** Processor time of the contestant for a thousand keys or events, its start included. */
  CPU("processor time per 1000", "ms", false),
  /** Processor time of the source's server for a thousand keys or events. */
  SOURCE_CPU("source's processor time per 1000", "ms", false),
  /** How long the source took for a write of a client that is not mirrored, meanwhile. */
  OTHERS_P50("other client's put p50", "ms", false),
  /** As the name says. */
  OTHERS_P99("other client's put p99", "ms", false),
  /** How fast the load wrote. */
  LOAD_RATE("writers' rate", "1/s", true),
  /** The most resident memory of the contestant. */
  PEAK("peak memory", "MiB", false);

  private final String title;
  private final String unit;
  private final boolean moreIsBetter;

  Measure(String title, String unit, boolean moreIsBetter) {
    this.title = title;
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** The unit of the figures. */
  public String unit() {
    return unit;
  }

  /** Whether the larger figure is the better one. */
  public boolean moreIsBetter() {
    return moreIsBetter;
  }
}
