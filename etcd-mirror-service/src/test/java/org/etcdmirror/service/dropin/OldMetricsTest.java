package org.etcdmirror.service.dropin;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.tiny.TinySource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The names and labels under which the old program's metrics are read. */
class OldMetricsTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final OldMetrics metrics = new OldMetrics("http://c:2379", "/copy/");
  private final EtcdMirror mirror =
      EtcdMirror.builder()
          .source(new TinySource())
          .sink(InMemorySink.paths())
          .scope(MirrorScope.of("/conftool"))
          .build();

  @BeforeEach
  void bind() {
    metrics.bindTo(registry, mirror::status);
    new MirrorMetrics(mirror::status, Tags.of("sink", "s")).bindTo(registry);
  }

  @AfterEach
  void close() {
    mirror.close();
  }

  private List<String> scrape() {
    return registry.scrape().lines().filter(line -> !line.startsWith("#")).toList();
  }

  @Test
  void lagHasTheLabelsOfTheOldProgramBesideThoseOfTheMirror() {
    assertThat(scrape())
        .contains(
            "etcdmirror_lag{link=\"conftool\",prefix=\"/copy/\",sink=\"s\",url=\"http://c:2379\"} 0.0");
  }

  @Test
  void writesAreAHistogramInSeconds() {
    metrics.onBatch(EventBatch.of(List.of(), 1, 1), Duration.ofMillis(20));

    String labels = "{prefix=\"/copy/\",url=\"http://c:2379\"";
    assertThat(scrape())
        .contains(
            "etcdmirror_write_latency_bucket" + labels + ",le=\"0.01\"} 0",
            "etcdmirror_write_latency_bucket" + labels + ",le=\"0.025\"} 1",
            "etcdmirror_write_latency_bucket" + labels + ",le=\"+Inf\"} 1",
            "etcdmirror_write_latency_count" + labels + "} 1",
            "etcdmirror_write_latency_sum" + labels + "} 0.02");
  }

  @Test
  void loadTimeIsASummaryInSeconds() {
    Gap forced = new Gap(Gap.Reason.FORCED, 1, 0, 1);
    metrics.onResync(new ResyncReport(forced, 1, 2, 3, 4, Duration.ofMillis(1500)));

    assertThat(scrape()).contains("etcdmirror_load_time_count 1", "etcdmirror_load_time_sum 1.5");
  }

  @Test
  void eventsAreCountedWithoutLabels() {
    assertThat(scrape()).contains("etcdmirror_replicated_events_total 0.0");
  }
}
