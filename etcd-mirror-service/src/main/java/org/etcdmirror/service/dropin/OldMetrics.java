package org.etcdmirror.service.dropin;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import java.time.Duration;
import java.util.function.Supplier;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncReport;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the old program, under its names and with its labels, beside those of the mirror.
 */
final class OldMetrics implements MirrorListener {

  /** Those of the old program's client library, in seconds. */
  private static final double[] BUCKETS = {
    .005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10
  };

  private static final double NANOS_PER_SECOND = 1e9;

  private final Tags tags;
  private volatile @Nullable Supplier<MirrorStatus> status;
  private volatile @Nullable DistributionSummary writes;
  private volatile @Nullable DistributionSummary loads;

  /**
   * The metrics of a link.
   *
   * @param url the target's address
   * @param prefix the target's prefix as it was given
   */
  OldMetrics(String url, String prefix) {
    this.tags = Tags.of("url", url, "prefix", prefix);
  }

  /** Adds the meters, before any others. */
  void bindTo(MeterRegistry registry, Supplier<MirrorStatus> mirror) {
    status = mirror;
    registry
        .config()
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                return id.getName().equals("etcdmirror.lag") ? id.withTags(tags) : id;
              }
            });
    writes =
        DistributionSummary.builder("etcdmirror.write.latency")
            .description("Seconds that it took to write a batch of events")
            .tags(tags)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    loads =
        DistributionSummary.builder("etcdmirror.load.time")
            .description("Seconds that a comparison of both sides took, with its writes")
            .register(registry);
    FunctionCounter.builder("etcdmirror.replicated.events", this, OldMetrics::replicated)
        .description("Events that were applied or ignored")
        .register(registry);
  }

  private double replicated() {
    Supplier<MirrorStatus> mirror = status;
    if (mirror == null) {
      return 0;
    }
    MirrorStatus.Counters counters = mirror.get().counters();
    return counters.eventsApplied() + counters.eventsFiltered();
  }

  @Override
  public void onBatch(EventBatch batch, Duration took) {
    record(writes, took);
  }

  @Override
  public void onResync(ResyncReport report) {
    record(loads, report.duration());
  }

  private static void record(@Nullable DistributionSummary summary, Duration took) {
    if (summary != null) {
      summary.record(took.toNanos() / NANOS_PER_SECOND);
    }
  }
}
