package org.etcdmirror.jetcd;

import java.net.URI;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.v3.V3Source;

/** The same cache as a live map. */
final class LiveMaps {

  private LiveMaps() {}

  static LiveMap<String> start(URI server) {
    return LiveMap.builder(V3Source.of(server.toString()), Decoder.utf8())
        .prefix(Away.PREFIX)
        .start();
  }

  static Map<String, String> values(LiveMap<String> map) {
    Map<String, String> values = new TreeMap<>();
    map.view().entries().forEach((key, value) -> values.put(key.utf8(), value));
    return values;
  }
}
