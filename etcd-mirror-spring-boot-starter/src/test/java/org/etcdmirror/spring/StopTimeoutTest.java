package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The application ends though a sink of its own never returns. */
@EtcdTest(v2 = false)
class StopTimeoutTest {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Standing {

    final CountDownLatch reached = new CountDownLatch(1);
    final CountDownLatch end = new CountDownLatch(1);

    @Bean
    @ForLink("orders")
    EventSink standingSink() {
      return EventSink.of(KeyModel.BYTES, EventSink.DataLife.PROCESS, batch -> stand());
    }

    /** As a driver does that does not heed interrupts. */
    private void stand() {
      reached.countDown();
      boolean stands = true;
      while (stands) {
        try {
          end.await();
          stands = false;
        } catch (InterruptedException ignored) {
          // Goes on.
        }
      }
    }
  }

  @Test
  @Timeout(120)
  void applicationEndsWithinTheStopTimeout(EtcdServer source) throws Exception {
    new V3Http(source.clientUrl()).put("/orders/1", "one");
    ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Standing.class)
            .web(WebApplicationType.NONE)
            .registerShutdownHook(false)
            .properties(
                "etcd-mirror.stop-timeout=1s",
                "etcd-mirror.links.orders.source.address=v3:" + source.clientUrl(),
                "etcd-mirror.links.orders.prefix=/orders/")
            .run();
    Standing beans = context.getBean(Standing.class);
    try {
      assertThat(beans.reached.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      context.close();
      assertThat(context.isActive()).isFalse();
    } finally {
      beans.end.countDown();
    }
  }
}
