package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What a person sees who starts an application with a mistake. */
@ExtendWith(OutputCaptureExtension.class)
class FailureReportTest {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class MisspeltLink {
    @Bean
    @ForLink("order")
    InMemorySink cache() {
      return InMemorySink.bytes();
    }
  }

  private static void start(Class<?> application, String... more) {
    new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .registerShutdownHook(false)
        .properties(
            "etcd-mirror.links.orders.source.address=" + LinkRunner.NOWHERE,
            "etcd-mirror.links.orders.sink.address=v3:http://127.0.0.1:2",
            "etcd-mirror.links.orders.prefix=/orders/")
        .properties(more)
        .run()
        .close();
  }

  private static void assertDescribed(CapturedOutput output, String description, String action) {
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START")
        .contains(description)
        .contains(action)
        .doesNotContain("\tat org.etcdmirror")
        .doesNotContain("Invocation of destroy method failed");
  }

  @Test
  void aWrongPropertyIsDescribedWithoutAStackTrace(CapturedOutput output) {
    assertThatThrownBy(() -> start(Plain.class, "etcd-mirror.links.orders.prefix="))
        .hasStackTraceContaining("etcd-mirror.links.orders.prefix");
    assertDescribed(output, "etcd-mirror.links.orders.prefix", "Action:");
  }

  /** The second link is not built for the end of the application either. */
  @Test
  void aWrongPropertyOfASecondLinkIsDescribedOnce(CapturedOutput output) {
    assertThatThrownBy(() -> start(Plain.class, "etcd-mirror.links.stock.prefix=/stock/"))
        .hasStackTraceContaining("etcd-mirror.links.stock.source.address");
    assertDescribed(output, "etcd-mirror.links.stock.source.address is missing", "Action:");
  }

  @Test
  void aWrongBeanIsDescribedWithoutAStackTrace(CapturedOutput output) {
    assertThatThrownBy(() -> start(MisspeltLink.class))
        .hasStackTraceContaining("bean 'cache' is for link 'order'");
    assertDescribed(
        output,
        "Bean 'cache' is for link 'order', which is not configured: [orders].",
        "Add properties under etcd-mirror.links.order.*, or correct @ForLink.");
  }
}
