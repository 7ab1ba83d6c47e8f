package org.etcdmirror.kafka.connect.source;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Settings of a connector for tests. */
final class Settings {

  private final Map<String, String> all = new HashMap<>();

  private Settings() {}

  /** What is right, with a source of etcd v3. */
  static Settings of(URI etcd) {
    return new Settings()
        .with("name", "app")
        .with("connector.class", EtcdSourceConnector.class.getName())
        .with("etcd.address", "v3:" + etcd)
        .with("prefixes", "/app/")
        .with("topic", "etcd.app")
        .with("exactly.once.support", "required")
        .with("producer.override.max.request.size", "2097152");
  }

  /** What is right, with a source that is not there. */
  static Settings right() {
    return of(URI.create("http://127.0.0.1:1"));
  }

  Settings with(String name, String value) {
    all.put(name, value);
    return this;
  }

  Settings without(String name) {
    all.remove(name);
    return this;
  }

  Map<String, String> map() {
    return Map.copyOf(all);
  }
}
