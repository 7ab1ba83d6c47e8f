package org.etcdmirror.service.dropin;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.NamingConvention;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncReport;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of the old program, under its names and with its labels, beside those of the mirror.
 */
final class OldMetrics implements MirrorListener {

  /** Those of the old program's client library. */
  private static final Duration[] BUCKETS =
      LongStream.of(5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final Tags tags;
  private volatile @Nullable Supplier<MirrorStatus> status;
  private volatile @Nullable Timer writes;
  private volatile @Nullable Timer loads;

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
        .namingConvention(new OldNames(registry.config().namingConvention()))
        .meterFilter(
            new MeterFilter() {
              @Override
              public Meter.Id map(Meter.Id id) {
                return id.getName().equals("etcdmirror.lag") ? id.withTags(tags) : id;
              }
            });
    writes =
        Timer.builder("etcdmirror.write.latency")
            .description("How long it took to write a batch of events")
            .tags(tags)
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    loads =
        Timer.builder("etcdmirror.load.time")
            .description("How long a comparison of both sides took, with its writes")
            .register(registry);
    FunctionCounter.builder("etcdmirror.replicated.events", this, OldMetrics::replicated)
        .description("Events that were applied or ignored")
        .baseUnit("events")
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

  private static void record(@Nullable Timer timer, Duration took) {
    if (timer != null) {
      timer.record(took);
    }
  }

  /** The old program's names do not end with a unit. */
  private record OldNames(NamingConvention others) implements NamingConvention {

    @Override
    public String name(String name, Meter.Type type, @Nullable String unit) {
      return type == Meter.Type.TIMER && name.startsWith("etcdmirror.")
          ? name.replace('.', '_')
          : others.name(name, type, unit);
    }

    @Override
    public String tagKey(String key) {
      return others.tagKey(key);
    }

    @Override
    public String tagValue(String value) {
      return others.tagValue(value);
    }
  }
}
