package org.etcdmirror.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.spring.EtcdMirrors;
import org.etcdmirror.spring.MirroringApplication;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** An application of a user sends its metrics to a collector by OTLP. */
@EtcdTest(v2 = false)
class OtlpTest {

  private OtlpCollector collector;

  @BeforeEach
  void start() throws Exception {
    collector = OtlpCollector.start();
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void metersAndObservationsOfALinkReachTheCollector(EtcdServer source, EtcdServer sink)
      throws Exception {
    V3Http writer = new V3Http(source.clientUrl());
    writer.put("/orders/1", "one");
    try (ConfigurableApplicationContext context = application(source, sink)) {
      await()
          .atMost(PATIENCE)
          .until(() ->
              context.getBean(EtcdMirrors.class).mirror("orders").status().state()
                  == MirrorState.FOLLOWING);
      writer.put("/orders/2", "two");

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            Metric applied = metric("etcd.mirror.events.applied");
            assertThat(applied.getSum().getIsMonotonic()).isTrue();
            NumberDataPoint point = applied.getSum().getDataPoints(0);
            assertThat(point.getAsDouble()).isEqualTo(1);
            assertThat(OtlpCollector.labels(point.getAttributesList()))
                .containsEntry("link", "orders");

            assertThat(metric("etcd.mirror.caught.up").getGauge().getDataPoints(0).getAsDouble())
                .isEqualTo(1);
            assertThat(metric("etcd.mirror.pending.events").getUnit()).isEqualTo("events");
            assertThat(metric("etcd.mirror.since.caught.up").getUnit()).isEqualTo("seconds");
            assertThat(metric("etcd.mirror.apply").getHistogram().getDataPoints(0).getCount())
                .isPositive();
            assertThat(
                    OtlpCollector.labels(
                        metric("etcd.mirror.resync")
                            .getHistogram()
                            .getDataPoints(0)
                            .getAttributesList()))
                .containsEntry("link", "orders")
                .containsEntry("reason", "no_checkpoint")
                .containsEntry("outcome", "done");
          });
    }
    assertThat(collector.refused()).isEmpty();
  }

  private Metric metric(String name) {
    return collector
        .metric(name)
        .orElseThrow(() ->
            new AssertionError(
                "the collector has no %s; it has %s and has refused %s"
                    .formatted(name, collector.names(), collector.refused())));
  }

  private ConfigurableApplicationContext application(EtcdServer source, EtcdServer sink) {
    return MirroringApplication.run(
        WebApplicationType.NONE,
        source,
        sink,
        "otlp.url=" + collector.url(),
        "otlp.step=1s",
        "otlp.baseTimeUnit=seconds");
  }
}
