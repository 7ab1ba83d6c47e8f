package org.etcdmirror.spring;

import org.etcdmirror.spring.actuate.EtcdMirrorEndpointAutoConfiguration;
import org.etcdmirror.spring.actuate.EtcdMirrorHealthAutoConfiguration;
import org.etcdmirror.spring.actuate.EtcdMirrorMetricsAutoConfiguration;
import org.etcdmirror.spring.actuate.EtcdMirrorObservationAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Contexts with the starter's auto-configurations, and links whose servers are never reached. */
public final class LinkRunner {

  /** Where no server listens. */
  public static final String NOWHERE = "v3:http://127.0.0.1:1";

  private LinkRunner() {}

  /** Returns a context without links. */
  public static ApplicationContextRunner empty() {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                EtcdMirrorAutoConfiguration.class,
                EtcdMirrorEndpointAutoConfiguration.class,
                EtcdMirrorHealthAutoConfiguration.class,
                EtcdMirrorMetricsAutoConfiguration.class,
                EtcdMirrorObservationAutoConfiguration.class));
  }

  /** Returns a context with the link {@code orders}. */
  public static ApplicationContextRunner orders(String... properties) {
    return empty()
        .withPropertyValues(
            "etcd-mirror.links.orders.source.address=" + NOWHERE,
            "etcd-mirror.links.orders.sink.address=v3:http://127.0.0.1:2",
            "etcd-mirror.links.orders.prefix=/orders/")
        .withPropertyValues(properties);
  }
}
