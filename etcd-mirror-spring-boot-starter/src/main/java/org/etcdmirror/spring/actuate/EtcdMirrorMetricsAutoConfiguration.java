package org.etcdmirror.spring.actuate;

import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.List;
import org.etcdmirror.core.micrometer.MirrorMetrics;
import org.etcdmirror.spring.EtcdMirrorAutoConfiguration;
import org.etcdmirror.spring.EtcdMirrors;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The meters of each link, in every registry of the application. */
@AutoConfiguration(after = EtcdMirrorAutoConfiguration.class)
@ConditionalOnClass(MeterBinder.class)
@ConditionalOnBean(EtcdMirrors.class)
public final class EtcdMirrorMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "etcdMirrorMeters")
  MeterBinder etcdMirrorMeters(EtcdMirrors mirrors) {
    return registry -> {
      for (String link : mirrors.links()) {
        new MirrorMetrics(() -> mirrors.mirror(link).status(), List.of()).bindTo(registry);
      }
    };
  }
}
