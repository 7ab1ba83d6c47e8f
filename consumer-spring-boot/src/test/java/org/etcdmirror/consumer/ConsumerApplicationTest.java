package org.etcdmirror.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.etcdmirror.spring.EtcdMirrors;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Spring Boot's versions of JUnit, Jackson and Kotlin with the testkit and both APIs. */
@EtcdTest
class ConsumerApplicationTest {

  @Test
  void anApplicationMirrorsFromV3ToV2(EtcdServer source, EtcdServer sink) throws Exception {
    new V3Http(source.clientUrl()).put("/orders/1", "one");

    try (ConfigurableApplicationContext application =
        new SpringApplicationBuilder(ConsumerApplication.class)
            .run(
                "--server.port=0",
                "--etcd-mirror.links.orders.source.address=v3:" + source.clientUrl(),
                "--etcd-mirror.links.orders.sink.address=v2:" + sink.clientUrl())) {
      assertThat(
              application
                  .getBean(EtcdMirrors.class)
                  .mirror("orders")
                  .awaitLevel(Patience.PATIENCE))
          .isTrue();
      assertThat(new V2Http(sink.clientUrl()).tree("/orders")).containsEntry("/orders/1", "one");
      assertThat(health(application)).contains("\"etcdMirror\"", "\"following\"");
    }
  }

  private static String health(ConfigurableApplicationContext application) throws Exception {
    String port = application.getEnvironment().getRequiredProperty("local.server.port");
    URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/health");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
