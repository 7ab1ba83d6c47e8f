package org.etcdmirror.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.spring.EtcdMirrors;
import org.etcdmirror.spring.MirroringApplication;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application with a tracer gets a span of each resync and each batch. */
@EtcdTest(v2 = false)
class SpansTest {

  @Configuration(proxyBeanMethods = false)
  @Import(MirroringApplication.class)
  static class Traced {

    @Bean
    SimpleTracer tracer() {
      return new SimpleTracer();
    }

    @Bean
    ObservationHandler<Observation.Context> spans(SimpleTracer tracer) {
      return new DefaultTracingObservationHandler(tracer);
    }
  }

  @Test
  void resyncsAndBatchesAreSpans(EtcdServer source, EtcdServer sink) throws Exception {
    V3Http writer = new V3Http(source.clientUrl());
    writer.put("/orders/1", "one");
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Traced.class)
            .web(WebApplicationType.NONE)
            .registerShutdownHook(false)
            .properties(
                "etcd-mirror.links.orders.source.address=v3:" + source.clientUrl(),
                "etcd-mirror.links.orders.sink.address=v3:" + sink.clientUrl(),
                "etcd-mirror.links.orders.prefix=/orders/")
            .run()) {
      SimpleTracer tracer = context.getBean(SimpleTracer.class);
      assertThat(context.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE)).isTrue();
      long index = writer.put("/orders/2", "two");

      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(span(tracer, "etcd.mirror.apply"))
                .hasValueSatisfying(span ->
                    assertThat(span.getTags())
                        .containsEntry("link", "orders")
                        .containsEntry("outcome", "done")
                        .containsEntry("etcd.mirror.index", Long.toString(index)));
            assertThat(span(tracer, "etcd.mirror.resync"))
                .hasValueSatisfying(span ->
                    assertThat(span.getTags())
                        .containsEntry("link", "orders")
                        .containsEntry("reason", "no_checkpoint"));
          });
    }
  }

  /** The newest one of a name that has ended. */
  private static Optional<SimpleSpan> span(SimpleTracer tracer, String name) {
    return List.copyOf(tracer.getSpans()).stream()
        .filter(span -> name.equals(span.getName()))
        .filter(span -> span.getEndTimestamp().toEpochMilli() > 0)
        .reduce((first, second) -> second);
  }
}
