package org.etcdmirror.spring.actuate;

import io.micrometer.observation.ObservationRegistry;
import org.etcdmirror.core.micrometer.MirrorObservations;
import org.etcdmirror.spring.EtcdMirrorAutoConfiguration;
import org.etcdmirror.spring.EtcdMirrorCustomizer;
import org.etcdmirror.spring.EtcdMirrors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Observes the batches and resyncs of each link, if the application has a registry for that. */
@AutoConfiguration(after = EtcdMirrorAutoConfiguration.class)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(EtcdMirrors.class)
public final class EtcdMirrorObservationAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "etcdMirrorObservations")
  EtcdMirrorCustomizer etcdMirrorObservations(ObjectProvider<ObservationRegistry> registry) {
    return (link, builder) ->
        registry.ifAvailable(found -> builder.observer(new MirrorObservations(found)));
  }
}
