package org.etcdmirror.embedding;

import java.util.function.Consumer;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveView;
import org.etcdmirror.v3.V3Source;

/** Live caches of a part of an etcd in this process: a read does not ask a server. */
public final class LiveMaps {

  private LiveMaps() {}

  static LiveMap<Integer> limits(String etcd, Consumer<String> log) {
    return LiveMap.builder(V3Source.of(etcd), (key, value) -> Integer.valueOf(value.utf8()))
        .prefix("/limits/")
        .listener(update -> update.changes().forEach(change -> log.accept(change.toString())))
        .start();
  }

  static int limit(LiveMap<Integer> limits, String service) {
    LiveView<Integer> view = limits.view(); // one state for all reads
    return view.get("/limits/" + service).or(() -> view.get("/limits/default")).orElse(10);
  }
}
