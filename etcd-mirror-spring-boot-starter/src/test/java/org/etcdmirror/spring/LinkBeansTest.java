package org.etcdmirror.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.RecoveryPolicy;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

class LinkBeansTest {

  private static final String ORDERS = "etcd-mirror.links.orders.";

  private static ApplicationContextRunner sourceOnly() {
    return LinkRunner.empty()
        .withPropertyValues(ORDERS + "source.address=" + LinkRunner.NOWHERE, ORDERS + "prefix=/a/");
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnSink {
    @Bean
    @ForLink("orders")
    InMemorySink cache() {
      return InMemorySink.bytes();
    }
  }

  @Test
  void aBeanIsTheSinkOfItsLink() {
    sourceOnly()
        .withUserConfiguration(OwnSink.class)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void aBeanAndAnAddressContradictEachOther() {
    sourceOnly()
        .withUserConfiguration(OwnSink.class)
        .withPropertyValues(ORDERS + "sink.address=v3:http://127.0.0.1:2")
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(ORDERS + "sink.address is")
                .hasStackTraceContaining("a bean is the sink"));
  }

  @Configuration(proxyBeanMethods = false)
  static class UnmarkedSink {
    @Bean
    EventSink forgotten() {
      return InMemorySink.bytes();
    }
  }

  @Test
  void aBeanWithoutTheAnnotationIsNamedWhereTheSinkIsMissing() {
    sourceOnly()
        .withUserConfiguration(UnmarkedSink.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(ORDERS + "sink.address is missing")
                .hasStackTraceContaining("without it are: forgotten"));
  }

  @Configuration(proxyBeanMethods = false)
  static class SharedSink {
    @Bean
    @ForLink({"orders", "stock"})
    InMemorySink cache() {
      return InMemorySink.bytes();
    }
  }

  @Test
  void oneSinkForTwoLinksIsRefused() {
    sourceOnly()
        .withUserConfiguration(SharedSink.class)
        .withPropertyValues(
            "etcd-mirror.links.stock.source.address=" + LinkRunner.NOWHERE,
            "etcd-mirror.links.stock.prefix=/b/")
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("bean 'cache' is for several links"));
  }

  @Configuration(proxyBeanMethods = false)
  static class UnknownLink {
    @Bean
    @ForLink("order")
    InMemorySink cache() {
      return InMemorySink.bytes();
    }
  }

  @Test
  void anAnnotationForALinkThatDoesNotExistIsRefused() {
    LinkRunner.orders()
        .withUserConfiguration(UnknownLink.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("bean 'cache' is for link 'order'"));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPolicy {
    @Bean
    RecoveryPolicy careful() {
      return RecoveryPolicy.fail();
    }
  }

  @Test
  void aPolicyOfTheApplicationTakesThePlaceOfTheProperty() {
    LinkRunner.orders(ORDERS + "recovery=resync")
        .withUserConfiguration(OwnPolicy.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining(ORDERS + "recovery is")
                .hasStackTraceContaining("a bean of type RecoveryPolicy decides"));
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoPolicies extends OwnPolicy {
    @Bean
    RecoveryPolicy other() {
      return RecoveryPolicy.resync();
    }
  }

  @Test
  void twoPoliciesForOneLinkAreRefused() {
    LinkRunner.orders()
        .withUserConfiguration(TwoPolicies.class)
        .run(context ->
            assertThat(context)
                .getFailure()
                .hasStackTraceContaining("several beans of type RecoveryPolicy"));
  }

  @Configuration(proxyBeanMethods = false)
  static class OnePolicyForTheLink extends OwnPolicy {
    @Bean
    @ForLink("orders")
    RecoveryPolicy special() {
      return RecoveryPolicy.resync();
    }
  }

  @Test
  void aPolicyForTheLinkGoesBeforeThatForAll() {
    LinkRunner.orders()
        .withUserConfiguration(OnePolicyForTheLink.class)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Configuration(proxyBeanMethods = false)
  static class Observers {

    final List<String> seen = new CopyOnWriteArrayList<>();

    @Bean
    MirrorListener ofAll() {
      return listener("all");
    }

    @Bean
    @ForLink("orders")
    MirrorListener ofOrders() {
      return listener("orders");
    }

    @Bean
    @ForLink("stock")
    MirrorListener ofStock() {
      return listener("stock");
    }

    @Bean
    EtcdMirrorCustomizer named() {
      return (link, builder) -> builder.link("custom-" + link);
    }

    @Bean
    @ForLink("stock")
    EtcdMirrorCustomizer other() {
      return (link, builder) -> builder.link("stock-only");
    }

    @Bean
    Transform nothing() {
      return Transform.ofValues("nothing", value -> value);
    }

    private MirrorListener listener(String name) {
      return new MirrorListener() {
        @Override
        public void onState(MirrorState before, MirrorState after) {
          if (after == MirrorState.CONNECTING) {
            seen.add(name);
          }
        }
      };
    }
  }

  @Test
  void listenersAndCustomizersOfTheLinkAndOfAllAreUsed() {
    LinkRunner.orders()
        .withPropertyValues(
            "etcd-mirror.links.stock.source.address=" + LinkRunner.NOWHERE,
            "etcd-mirror.links.stock.sink.address=v3:http://127.0.0.1:2",
            "etcd-mirror.links.stock.prefix=/b/",
            "etcd-mirror.links.stock.enabled=false")
        .withUserConfiguration(Observers.class)
        .run(context -> {
          assertThat(context.getBean(EtcdMirrors.class).mirror("orders").link())
              .isEqualTo("custom-orders");
          assertThat(context.getBean(Observers.class).seen)
              .containsExactlyInAnyOrder("all", "orders");
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class Servers {
    @Bean
    EtcdMirrorConnectionDetails details() {
      return new EtcdMirrorConnectionDetails() {
        @Override
        public String sink(String link) {
          return "v3:http://127.0.0.1:3";
        }
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ServersOfEachLink {
    @Bean
    @Order(2)
    EtcdMirrorConnectionDetails orders() {
      return EtcdMirrorConnectionDetails.of("orders", null, "v3:http://127.0.0.1:3");
    }

    @Bean
    @Order(1)
    EtcdMirrorConnectionDetails stock() {
      return EtcdMirrorConnectionDetails.of("stock", LinkRunner.NOWHERE, "v3:http://127.0.0.1:4");
    }
  }

  @Test
  void eachLinkMayHaveConnectionDetailsOfItsOwn() {
    sourceOnly()
        .withUserConfiguration(ServersOfEachLink.class)
        .withPropertyValues("etcd-mirror.links.stock.prefix=/stock/")
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  void connectionDetailsTakeThePlaceOfTheAddress() {
    sourceOnly()
        .withUserConfiguration(Servers.class)
        .run(context -> assertThat(context).hasNotFailed());
  }
}
