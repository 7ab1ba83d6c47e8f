package org.etcdmirror.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.concurrent.Callable;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.spring.EtcdMirrorConnectionDetails;
import org.etcdmirror.spring.EtcdMirrors;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

@EtcdTest(v2 = false)
class ShopTest {

  private final V3Http etcd;
  private final EtcdServer server;
  private ConfigurableApplicationContext context;
  private Shop shop;

  ShopTest(EtcdServer server) {
    this.server = server;
    this.etcd = new V3Http(server.clientUrl());
  }

  @BeforeEach
  void start() throws Exception {
    etcd.put("/config/shop/discount-percent", "10");
    context =
        new SpringApplicationBuilder(Shop.class)
            .registerShutdownHook(false)
            .initializers(
                made -> made.getBeanFactory().registerSingleton("servers", new Servers(server)))
            .properties("server.port=0")
            .run();
    shop = context.getBean(Shop.class);
    assertThat(mirror().awaitLevel(PATIENCE)).isTrue();
  }

  @AfterEach
  void stop() {
    context.close();
  }

  /** Where the etcd of this test is, for the link {@code config}. */
  private record Servers(EtcdServer server) implements EtcdMirrorConnectionDetails {
    @Override
    public String source(String link) {
      return "v3:" + server.clientUrl();
    }
  }

  @Test
  void aSettingFollowsItsKey() {
    awaitTrue(() -> shop.price(1000).equals("900 cents"));

    etcd.put("/config/shop/discount-percent", "20");
    awaitTrue(() -> shop.price(1000).equals("800 cents"));

    etcd.put("/config/shop/open", "false");
    awaitTrue(() -> shop.price(1000).equals("closed"));
  }

  @Test
  void theApplicationsOwnValueHoldsAgainWhenTheKeyIsDeleted() {
    etcd.delete("/config/shop/discount-percent");

    awaitTrue(() -> shop.price(1000).equals("950 cents"));
  }

  @Test
  void aValueThatCannotBeBoundChangesNothing() throws Exception {
    awaitTrue(() -> shop.price(1000).equals("900 cents"));
    etcd.put("/config/shop/discount-percent", "much");
    assertThat(mirror().await(etcd.revision(), PATIENCE)).isTrue();

    assertThat(shop.price(1000)).isEqualTo("900 cents");
    etcd.put("/config/shop/discount-percent", "20");
    awaitTrue(() -> shop.price(1000).equals("800 cents"));
  }

  private EtcdMirror mirror() {
    return context.getBean(EtcdMirrors.class).mirror("config");
  }

  private static void awaitTrue(Callable<Boolean> condition) {
    await().atMost(PATIENCE).until(condition);
  }
}
