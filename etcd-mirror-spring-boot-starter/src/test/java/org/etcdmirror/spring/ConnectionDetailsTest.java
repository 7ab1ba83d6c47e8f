package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A test starts servers with the testkit, and a bean tells the application where they are. */
@EtcdTest(v2 = false)
class ConnectionDetailsTest {

  @Configuration(proxyBeanMethods = false)
  static class Servers {

    @Bean
    EtcdServer source() {
      return EtcdServer.start();
    }

    @Bean
    EtcdServer sink() {
      return EtcdServer.start();
    }

    @Bean
    EtcdMirrorConnectionDetails servers(
        @Qualifier("source") EtcdServer source, @Qualifier("sink") EtcdServer sink) {
      return EtcdMirrorConnectionDetails.of(
          "orders", "v3:" + source.clientUrl(), "v3:" + sink.clientUrl());
    }
  }

  @Test
  void serversAreBeansOfTheApplication() throws Exception {
    try (ConfigurableApplicationContext application =
        new SpringApplicationBuilder(MirroringApplication.class, Servers.class)
            .web(WebApplicationType.NONE)
            .registerShutdownHook(false)
            .properties("etcd-mirror.links.orders.prefix=/orders/")
            .run()) {
      V3Http writer = new V3Http(application.getBean("source", EtcdServer.class).clientUrl());
      V3Http reader = new V3Http(application.getBean("sink", EtcdServer.class).clientUrl());
      writer.put("/orders/1", "one");
      assertThat(application.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE))
          .isTrue();
      assertThat(reader.values("/orders/")).containsOnlyKeys(Bytes.utf8("/orders/1"));
    }
  }

  @Test
  void aBeanOverServersOfTheTestkitSaysWhereTheSidesAre(EtcdServer source, EtcdServer sink)
      throws Exception {
    new V3Http(source.clientUrl()).put("/orders/1", "one");
    EtcdMirrorConnectionDetails servers =
        EtcdMirrorConnectionDetails.of(
            "orders", "v3:" + source.clientUrl(), "v3:" + sink.clientUrl());
    try (ConfigurableApplicationContext application =
        new SpringApplicationBuilder(MirroringApplication.class)
            .web(WebApplicationType.NONE)
            .registerShutdownHook(false)
            .initializers(made -> made.getBeanFactory().registerSingleton("servers", servers))
            .properties(
                "etcd-mirror.links.orders.source.address=v3:http://production.example:2379",
                "etcd-mirror.links.orders.sink.address=v3:http://production.example:2379",
                "etcd-mirror.links.orders.prefix=/orders/")
            .run()) {
      assertThat(application.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE))
          .isTrue();
      assertThat(new V3Http(sink.clientUrl()).values("/orders/"))
          .containsOnlyKeys(Bytes.utf8("/orders/1"));
    }
  }
}
