package org.etcdmirror.spring;

import io.micrometer.core.instrument.Clock;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The registry of a test that has a collector. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("otlp.url")
class OtlpRegistry {

  @Bean
  OtlpMeterRegistry otlpMeterRegistry(Environment environment, Clock clock) {
    OtlpConfig config = key -> environment.getProperty(key);
    return new OtlpMeterRegistry(config, clock);
  }
}
