package org.etcdmirror.spring;

import org.etcdmirror.core.EtcdMirror;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/** Runs a mirror for each link of {@link EtcdMirrorProperties}. */
@AutoConfiguration
@ConditionalOnClass(EtcdMirror.class)
@ConditionalOnBooleanProperty(
    prefix = EtcdMirrorProperties.PREFIX,
    name = "enabled",
    matchIfMissing = true)
@EnableConfigurationProperties(EtcdMirrorProperties.class)
public final class EtcdMirrorAutoConfiguration {

  @Bean
  EtcdMirrors etcdMirrors(
      EtcdMirrorProperties properties, ConfigurableApplicationContext application) {
    return new EtcdMirrors(
        properties.links(), new MirrorFactory(application, properties.stopTimeout()));
  }

  @Bean
  MirrorLifecycle etcdMirrorLifecycle(
      EtcdMirrors mirrors,
      EtcdMirrorProperties properties,
      ConfigurableApplicationContext application) {
    return new MirrorLifecycle(mirrors, properties.phase(), application);
  }
}
