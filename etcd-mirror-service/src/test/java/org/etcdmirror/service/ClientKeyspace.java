package org.etcdmirror.service;

import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;

/** The keys below a prefix, as the clients of one API use them. */
interface ClientKeyspace {

  void put(String key, String value);

  void delete(String key);

  Map<String, String> values();

  static ClientKeyspace v2(V2Http http, String prefix) {
    return new ClientKeyspace() {

      @Override
      public void put(String key, String value) {
        http.put(key, value);
      }

      @Override
      public void delete(String key) {
        http.delete(key, "");
      }

      @Override
      public Map<String, String> values() {
        Map<String, String> values = new TreeMap<>(http.tree(prefix));
        values.keySet().removeIf(key -> key.endsWith("/"));
        return values;
      }
    };
  }

  static ClientKeyspace v3(V3Http http, String prefix) {
    return new ClientKeyspace() {

      @Override
      public void put(String key, String value) {
        http.put(key, value);
      }

      @Override
      public void delete(String key) {
        http.delete(key);
      }

      @Override
      public Map<String, String> values() {
        Map<String, String> values = new TreeMap<>();
        http.values(prefix + "/").forEach((key, value) -> values.put(key.utf8(), value.utf8()));
        return values;
      }
    };
  }
}
