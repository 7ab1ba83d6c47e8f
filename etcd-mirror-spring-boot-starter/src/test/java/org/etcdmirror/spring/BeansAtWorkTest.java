package org.etcdmirror.spring;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Transform;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;

/** What beans of an application do, and what it is told, on real servers. */
@EtcdTest(v2 = false)
class BeansAtWorkTest {

  private static final String ORDERS = "etcd-mirror.links.orders.";

  private final EtcdServer source;
  private final V3Http writer;
  private final EtcdServer sink;
  private final V3Http reader;

  BeansAtWorkTest(EtcdServer source, EtcdServer sink) {
    this.source = source;
    this.writer = new V3Http(source.clientUrl());
    this.sink = sink;
    this.reader = new V3Http(sink.clientUrl());
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Beans {

    final List<String> notes = new CopyOnWriteArrayList<>();

    @Bean
    @ForLink("orders")
    EventSource ownSource(Environment environment) {
      return V3Source.of(environment.getRequiredProperty("own.source"));
    }

    @Bean
    RecoveryPolicy policy() {
      return gap -> {
        notes.add("asked about " + gap.reason());
        return RecoveryPolicy.Decision.RESYNC;
      };
    }

    @Bean
    Transform marked() {
      return Transform.ofValues("marked", value -> Bytes.utf8(value.utf8() + "!"));
    }

    @EventListener
    void on(LinkEvent.GapFound event) {
      notes.add("found " + event.gap().reason());
    }

    @EventListener
    void on(LinkEvent.GapEnded event) {
      notes.add("ended " + event.gap().gap().reason());
    }

    @EventListener
    void on(LinkEvent.Verified event) {
      notes.add("verified " + event.report().isEqual());
    }
  }

  private ConfigurableApplicationContext run(Class<?> application, String... more) {
    return new SpringApplicationBuilder(application)
        .web(WebApplicationType.NONE)
        .registerShutdownHook(false)
        .properties(
            "own.source=" + source.clientUrl(),
            ORDERS + "sink.address=v3:" + sink.clientUrl(),
            ORDERS + "prefix=/orders/")
        .properties(more)
        .run();
  }

  private static void awaitLevel(ConfigurableApplicationContext context) throws Exception {
    assertThat(context.getBean(EtcdMirrors.class).mirror("orders").awaitLevel(PATIENCE)).isTrue();
  }

  @Test
  void sourcePolicyAndTransformAreUsedAndGapsAndComparisonsAreTold() throws Exception {
    writer.put("/orders/1", "one");
    try (ConfigurableApplicationContext context = run(Beans.class)) {
      awaitLevel(context);
    }
    assertThat(reader.values("/orders/"))
        .containsEntry(Bytes.utf8("/orders/1"), Bytes.utf8("one!"));
    writer.put("/orders/2", "two");
    writer.compact(writer.delete("/orders/1"));

    try (ConfigurableApplicationContext context =
        run(Beans.class, ORDERS + "verify.every=100ms", ORDERS + "max-deletes=10")) {
      awaitLevel(context);
      List<String> notes = context.getBean(Beans.class).notes;
      await().atMost(PATIENCE).until(() -> notes.contains("verified true"));
      assertThat(notes)
          .contains(
              "asked about " + Gap.Reason.HISTORY_COMPACTED,
              "found " + Gap.Reason.HISTORY_COMPACTED,
              "ended " + Gap.Reason.HISTORY_COMPACTED);
    }
    assertThat(reader.values("/orders/"))
        .containsOnlyKeys(Bytes.utf8("/orders/2"))
        .containsValue(Bytes.utf8("two!"));
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {}

  private ConfigurableApplicationContext member(String name) {
    return run(
        Plain.class,
        ORDERS + "source.address=v3:" + source.clientUrl(),
        ORDERS + "standby.enabled=true",
        ORDERS + "standby.member=" + name);
  }

  private static Health health(ConfigurableApplicationContext context) {
    CompositeHealthContributor links =
        context.getBean("etcdMirrorHealthContributor", CompositeHealthContributor.class);
    HealthIndicator link = (HealthIndicator) requireNonNull(links.getContributor("orders"));
    return requireNonNull(link.health());
  }

  private static MirrorState state(ConfigurableApplicationContext context) {
    return context.getBean(EtcdMirrors.class).mirror("orders").status().state();
  }

  @Test
  void oneOfTwoApplicationsStandsByAndTakesOver() throws Exception {
    writer.put("/orders/1", "one");
    try (ConfigurableApplicationContext leader = member("one")) {
      awaitLevel(leader);
      try (ConfigurableApplicationContext standby = member("two")) {
        await()
            .atMost(PATIENCE)
            .until(() -> Boolean.TRUE.equals(health(standby).getDetails().get("warm")));
        assertThat(state(standby)).isEqualTo(MirrorState.STANDBY);
        assertThat(health(standby).getStatus()).isEqualTo(Status.UP);
        assertThat(health(standby).getDetails()).containsEntry("leader", "one");
        leader.close();
        await().atMost(PATIENCE).until(() -> state(standby) == MirrorState.FOLLOWING);
        awaitLevel(standby);
        assertThat(health(standby).getStatus()).isEqualTo(Status.UP);
      }
    }
  }
}
