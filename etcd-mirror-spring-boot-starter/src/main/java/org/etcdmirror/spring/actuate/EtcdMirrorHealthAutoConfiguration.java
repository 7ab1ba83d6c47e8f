package org.etcdmirror.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.spring.EtcdMirrorAutoConfiguration;
import org.etcdmirror.spring.EtcdMirrors;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/** The health of each link, as {@code etcdMirror}. */
@AutoConfiguration(after = EtcdMirrorAutoConfiguration.class)
@ConditionalOnClass({HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(EtcdMirrors.class)
@ConditionalOnEnabledHealthIndicator("etcdmirror")
public final class EtcdMirrorHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "etcdMirrorHealthContributor")
  CompositeHealthContributor etcdMirrorHealthContributor(EtcdMirrors mirrors) {
    Map<String, HealthIndicator> links = new LinkedHashMap<>();
    for (String link : mirrors.links()) {
      links.put(link, new LinkHealthIndicator(() -> mirrors.mirror(link).status()));
    }
    return CompositeHealthContributor.fromMap(links);
  }
}
