package org.etcdmirror.spring.actuate;

import org.etcdmirror.spring.EtcdMirrorAutoConfiguration;
import org.etcdmirror.spring.EtcdMirrors;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** The endpoint {@code etcdmirror}, where it is exposed. */
@AutoConfiguration(after = EtcdMirrorAutoConfiguration.class)
@ConditionalOnClass({WebEndpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(EtcdMirrors.class)
@ConditionalOnAvailableEndpoint(EtcdMirrorEndpoint.class)
public final class EtcdMirrorEndpointAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  EtcdMirrorEndpoint etcdMirrorEndpoint(EtcdMirrors mirrors) {
    return new EtcdMirrorEndpoint(mirrors);
  }
}
