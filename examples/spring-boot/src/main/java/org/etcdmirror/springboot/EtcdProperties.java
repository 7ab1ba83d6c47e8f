package org.etcdmirror.springboot;

import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.core.store.InMemorySink;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;

/**
 * The keys of an etcd as properties that win over all others: {@code /config/shop/open} is {@code
 * shop.open}.
 */
final class EtcdProperties {

  static final String PREFIX = "/config/";
  private static final String NAME = "etcd";

  private final InMemorySink copy;
  private final MutablePropertySources sources;

  EtcdProperties(InMemorySink copy, ConfigurableEnvironment environment) {
    this.copy = copy;
    this.sources = environment.getPropertySources();
  }

  /** Takes over what the copy holds now. */
  void refresh() {
    Map<String, Object> properties = new HashMap<>();
    copy.values()
        .forEach((key, value) -> properties.put(property(key.textOrHex()), value.textOrHex()));
    MapPropertySource now = new MapPropertySource(NAME, properties);
    if (sources.contains(NAME)) {
      sources.replace(NAME, now);
    } else {
      sources.addFirst(now);
    }
  }

  private static String property(String key) {
    return key.substring(PREFIX.length()).replace('/', '.');
  }
}
