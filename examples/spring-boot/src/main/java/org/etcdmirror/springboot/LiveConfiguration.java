package org.etcdmirror.springboot;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.spring.ForLink;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** Settings that follow the link {@code config}. */
@Configuration(proxyBeanMethods = false)
class LiveConfiguration {

  @Bean
  @ForLink("config")
  InMemorySink copy() {
    return InMemorySink.bytes();
  }

  @Bean
  EtcdProperties etcdProperties(InMemorySink copy, ConfigurableEnvironment environment) {
    return new EtcdProperties(copy, environment);
  }

  @Bean
  Live<ShopProperties> settings(ConfigurableEnvironment environment) {
    return new Live<>("shop", ShopProperties.class, environment);
  }

  /** Each batch, and the end of each resync, is one state of the source. */
  @Bean
  @ForLink("config")
  MirrorListener refresh(EtcdProperties properties, Live<ShopProperties> settings) {
    return new MirrorListener() {
      @Override
      public void onBatch(EventBatch batch) {
        refresh();
      }

      @Override
      public void onResync(ResyncReport report) {
        refresh();
      }

      private void refresh() {
        properties.refresh();
        settings.refresh();
      }
    };
  }
}
