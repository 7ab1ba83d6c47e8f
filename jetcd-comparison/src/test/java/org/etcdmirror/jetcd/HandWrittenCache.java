package org.etcdmirror.jetcd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import io.etcd.jetcd.watch.WatchResponse;
import java.net.URI;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What users of jetcd write: one read of the prefix, and a watch from the revision behind it, which
 * jetcd resumes by itself after a lost connection.
 */
final class HandWrittenCache implements AutoCloseable {

  private final Map<String, String> values = new ConcurrentHashMap<>();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
  private final Client client;
  private final Watch.Watcher watcher;

  HandWrittenCache(URI server, String prefix) throws Exception {
    this.client = Client.builder().endpoints(server).build();
    ByteSequence key = ByteSequence.from(prefix, UTF_8);
    GetResponse read =
        client.getKVClient().get(key, GetOption.builder().isPrefix(true).build()).get();
    read.getKvs()
        .forEach(
            each -> values.put(each.getKey().toString(UTF_8), each.getValue().toString(UTF_8)));
    WatchOption behind =
        WatchOption.builder()
            .isPrefix(true)
            .withRevision(read.getHeader().getRevision() + 1)
            .build();
    this.watcher =
        client.getWatchClient().watch(key, behind, Watch.listener(this::apply, errors::add));
  }

  private void apply(WatchResponse response) {
    for (WatchEvent event : response.getEvents()) {
      String key = event.getKeyValue().getKey().toString(UTF_8);
      if (event.getEventType() == WatchEvent.EventType.PUT) {
        values.put(key, event.getKeyValue().getValue().toString(UTF_8));
      } else {
        values.remove(key);
      }
    }
  }

  boolean contains(String key) {
    return values.containsKey(key);
  }

  Map<String, String> values() {
    return new TreeMap<>(values);
  }

  /** What the watch told of failures. */
  Queue<Throwable> errors() {
    return errors;
  }

  @Override
  public void close() {
    watcher.close();
    client.close();
  }
}
