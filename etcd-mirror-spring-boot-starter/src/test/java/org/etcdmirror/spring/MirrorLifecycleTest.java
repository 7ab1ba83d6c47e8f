package org.etcdmirror.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

@EtcdTest(v2 = false)
class MirrorLifecycleTest {

  @Test
  void mirrorsStopAfterTheApplicationAndBeforeItsBeans(EtcdServer source, EtcdServer sink)
      throws Exception {
    ConfigurableApplicationContext context =
        MirroringApplication.run(WebApplicationType.NONE, source, sink);
    MirroringApplication application = context.getBean(MirroringApplication.class);
    try (context) {
      assertThat(mirror(context).awaitLevel(PATIENCE)).isTrue();
    }

    assertThat(application.notes())
        .containsExactly("resynced", "application stopped", "mirror STOPPED", "beans destroyed");
  }

  @Test
  void anApplicationThatStartsAgainMirrorsAgain(EtcdServer source, EtcdServer sink)
      throws Exception {
    try (ConfigurableApplicationContext context =
        MirroringApplication.run(WebApplicationType.NONE, source, sink)) {
      assertThat(mirror(context).awaitLevel(PATIENCE)).isTrue();

      context.stop();
      assertThat(mirror(context).status().state()).isEqualTo(MirrorState.STOPPED);
      new V3Http(source.clientUrl()).put("/orders/1", "new");
      context.start();

      assertThat(mirror(context).awaitLevel(PATIENCE)).isTrue();
      assertThat(new V3Http(sink.clientUrl()).values("/orders/"))
          .containsEntry(Bytes.utf8("/orders/1"), Bytes.utf8("new"));
    }
  }

  @Test
  void aLinkThatFailsDoesNotEndTheApplication(EtcdServer etcd) {
    try (ConfigurableApplicationContext context = loop(etcd)) {
      MirroringApplication application = context.getBean(MirroringApplication.class);
      await().atMost(PATIENCE).until(() -> application.notes().contains("failed LoopException"));

      assertThat(context.isActive()).isTrue();
      CompositeHealthContributor health =
          context.getBean("etcdMirrorHealthContributor", CompositeHealthContributor.class);
      assertThat(health.getContributor("orders"))
          .isInstanceOfSatisfying(
              HealthIndicator.class,
              link -> {
                Health now = requireNonNull(link.health());
                assertThat(now.getStatus()).isEqualTo(Status.DOWN);
                assertThat(now.getDetails()).containsKey("lastError");
              });
    }
  }

  @Test
  void aLinkThatFailsEndsTheApplicationIfToldSo(EtcdServer etcd) {
    try (ConfigurableApplicationContext context =
        loop(etcd, "etcd-mirror.links.orders.fail-fast=true")) {
      await().atMost(PATIENCE).until(() -> !context.isActive());
    }
  }

  /** Two names of one server: only the mirror itself finds out. */
  private static ConfigurableApplicationContext loop(EtcdServer etcd, String... more) {
    String address = etcd.clientUrl().toString();
    return MirroringApplication.run(
        WebApplicationType.NONE, address, address.replace("127.0.0.1", "localhost"), more);
  }

  private static EtcdMirror mirror(ConfigurableApplicationContext context) {
    return context.getBean(EtcdMirrors.class).mirror("orders");
  }
}
