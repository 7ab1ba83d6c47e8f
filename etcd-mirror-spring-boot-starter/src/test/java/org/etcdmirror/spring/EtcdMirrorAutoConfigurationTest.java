package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.spring.actuate.EtcdMirrorEndpoint;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;

class EtcdMirrorAutoConfigurationTest {

  @Test
  void anApplicationWithoutLinksStarts() {
    LinkRunner.empty()
        .run(context -> assertThat(context.getBean(EtcdMirrors.class).links()).isEmpty());
  }

  @Test
  void nothingIsThereIfItIsDisabled() {
    LinkRunner.orders("etcd-mirror.enabled=false")
        .run(context ->
            assertThat(context)
                .hasNotFailed()
                .doesNotHaveBean(EtcdMirrors.class)
                .doesNotHaveBean(CompositeHealthContributor.class)
                .doesNotHaveBean(MeterBinder.class));
  }

  @Test
  void nothingIsThereWithoutTheLibrary() {
    LinkRunner.orders()
        .withClassLoader(new FilteredClassLoader(EtcdMirror.class))
        .run(context -> assertThat(context).doesNotHaveBean("etcdMirrors"));
  }

  @Test
  void aMirrorRunsWithoutHealthMetersAndEndpoint() {
    LinkRunner.orders("management.endpoints.web.exposure.include=*")
        .withClassLoader(
            new FilteredClassLoader(
                HealthIndicator.class,
                MeterBinder.class,
                ObservationRegistry.class,
                WebEndpoint.class))
        .run(context -> {
          assertThat(context).hasNotFailed().hasSingleBean(EtcdMirrors.class);
          assertThat(context).doesNotHaveBean("etcdMirrorHealthContributor");
          assertThat(context).doesNotHaveBean("etcdMirrorMeters");
          assertThat(context).doesNotHaveBean("etcdMirrorObservations");
          assertThat(context).doesNotHaveBean("etcdMirrorEndpoint");
        });
  }

  @Test
  void eachLinkHasItsHealth() {
    LinkRunner.orders()
        .run(context ->
            assertThat(
                    context
                        .getBean("etcdMirrorHealthContributor", CompositeHealthContributor.class)
                        .getContributor("orders"))
                .isInstanceOf(HealthIndicator.class));
  }

  @Test
  void healthCanBeSwitchedOff() {
    LinkRunner.orders("management.health.etcdmirror.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("etcdMirrorHealthContributor"));
  }

  @Test
  void metersAreBoundWithTheNameOfTheLink() {
    LinkRunner.orders()
        .run(context -> {
          MeterRegistry registry = new SimpleMeterRegistry();
          context.getBean("etcdMirrorMeters", MeterBinder.class).bindTo(registry);
          assertThat(registry.get("etcd.mirror.caught.up").tag("link", "orders").gauge().value())
              .isZero();
        });
  }

  @Test
  void theEndpointIsNotExposedByDefault() {
    LinkRunner.orders()
        .run(context -> assertThat(context).doesNotHaveBean(EtcdMirrorEndpoint.class));
  }

  @Test
  void theEndpointIsThereWhereItIsExposed() {
    LinkRunner.orders("management.endpoints.web.exposure.include=etcdmirror")
        .run(context -> assertThat(context).hasSingleBean(EtcdMirrorEndpoint.class));
  }
}
