package org.etcdmirror.junit;

import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;

/** An application that writes to and reads from either API. */
final class Clients {

  private Clients() {}

  static void put(EtcdSide side, String key, String value) {
    if (side.api() == EtcdApi.V2) {
      new V2Http(side.url()).put(key, value);
    } else {
      new V3Http(side.url()).put(key, value);
    }
  }

  static void delete(EtcdSide side, String key) {
    if (side.api() == EtcdApi.V2) {
      new V2Http(side.url()).delete(key, "");
    } else {
      new V3Http(side.url()).delete(key);
    }
  }

  /** The values below a directory that exists. */
  static Map<String, String> values(EtcdSide side, String directory) {
    if (side.api() == EtcdApi.V2) {
      return new V2Http(side.url()).tree(directory);
    }
    Map<String, String> values = new TreeMap<>();
    new V3Http(side.url())
        .values(directory + "/")
        .forEach((key, value) -> values.put(key.utf8(), value.utf8()));
    return values;
  }
}
