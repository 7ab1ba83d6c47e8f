package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.V3Source;

/** What an etcd holds, and all that it ever held, where each value is a number. */
final class History {

  private final URI etcd;

  History(URI etcd) {
    this.etcd = etcd;
  }

  /** The keys with a prefix, and their values. */
  SortedMap<String, String> now(String prefix) {
    SortedMap<String, String> held = new TreeMap<>();
    new V3Http(etcd).values(prefix).forEach((key, value) -> held.put(key.utf8(), value.utf8()));
    return held;
  }

  /** Fails if a key got a value twice, or an older one after a newer one. */
  void assertGrowing(String why, List<String> prefixes)
      throws IOException, LostEventsException, InterruptedException {
    Map<Bytes, Long> last = new HashMap<>();
    long end = new V3Http(etcd).revision();
    Selection all = new Selection(prefixes.stream().map(Bytes::utf8).toList(), false);
    try (V3Source source = V3Source.of(etcd.toString());
        EventStream stream = source.open(all, Start.after(1))) {
      EventBatch batch;
      do {
        batch = stream.poll(Duration.ofSeconds(1));
        for (MirrorEvent event : batch.events()) {
          if (event instanceof MirrorEvent.Put put) {
            Long before = last.put(put.key(), Long.valueOf(put.value().utf8()));
            assertThat(Long.parseLong(put.value().utf8()))
                .as("%s: %s after %s", why, put, before)
                .isGreaterThan(before == null ? -1 : before);
          }
        }
      } while (batch.index() < end);
    }
  }
}
