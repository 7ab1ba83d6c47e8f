package org.etcdmirror.kafka.connect.rounds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.V3Source;

/** A connector from a cluster of etcd to a topic, and one from there to another etcd. */
final class Route {

  private static final String BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter";

  private static final Duration POLL = Duration.ofSeconds(1);

  private final String name;
  private final String prefix;
  private final EtcdCluster from;
  private final EtcdServer to;
  private int restarts;

  Route(String name, String prefix, EtcdCluster from, EtcdServer to) {
    this.name = name;
    this.prefix = prefix;
    this.from = from;
    this.to = to;
  }

  private String sink() {
    return name + "-sink";
  }

  /** Makes the connectors, the second one when its topic is there. */
  void make(ConnectWorker worker) throws IOException {
    String members =
        from.clientUrls().stream().map(Object::toString).collect(Collectors.joining(","));
    Map<String, String> source = new HashMap<>();
    source.put("connector.class", "EtcdSourceConnector");
    source.put("tasks.max", "1");
    source.put("etcd.address", "v3:" + members);
    source.put("prefixes", prefix);
    source.put("topic", name);
    source.put("exactly.once.support", "required");
    source.put("key.converter", BYTES);
    source.put("value.converter", BYTES);
    source.put("producer.override.max.request.size", "2097152");
    source.put("topic.creation.default.replication.factor", "1");
    source.put("topic.creation.default.partitions", "2");
    source.put("topic.creation.default.max.message.bytes", "2097152");
    worker.put(name, source);
    await().atMost(Patience.PATIENCE).until(() -> index(worker) > 0);
    Map<String, String> sink = new HashMap<>();
    sink.put("connector.class", "EtcdSinkConnector");
    sink.put("topics", name);
    sink.put("tasks.max", "2");
    sink.put("etcd.address", "v3:" + to.clientUrl());
    sink.put("key.converter", BYTES);
    sink.put("value.converter", BYTES);
    sink.put("consumer.override.isolation.level", "read_committed");
    sink.put("consumer.override.session.timeout.ms", "6000");
    sink.put("consumer.override.heartbeat.interval.ms", "1000");
    worker.put(sink(), sink);
  }

  /** The stored index, if it says that the topic is level; 0 otherwise. */
  private long index(ConnectWorker worker) throws IOException {
    JsonNode offset = worker.offset(name, name);
    return offset == null || !offset.path("level").asBoolean() ? 0 : offset.path("index").asLong();
  }

  /**
   * Waits until the other etcd holds what the cluster does, and the offset says so. A task that has
   * failed is started again, as a person would do it: Kafka may refuse to end a transaction while
   * processes die, and the worker leaves such a task ended.
   */
  void awaitLevel(String why, ConnectWorker worker) {
    V3Http source = source();
    long revision = source.revision();
    SortedMap<Bytes, Bytes> wanted = source.values(prefix);
    await(why)
        .atMost(Patience.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
          restartFailed(worker);
          assertThat(index(worker))
              .as(
                  "%s: %s %s, offsets %s",
                  why, worker.tasks(name), worker.tasks(sink()), worker.lastOffsets())
              .isGreaterThanOrEqualTo(revision);
          assertThat(new V3Http(to.clientUrl()).values(prefix)).as(why).isEqualTo(wanted);
        });
  }

  private void restartFailed(ConnectWorker worker) throws IOException {
    for (String connector : List.of(name, sink())) {
      if (worker.tasks(connector).contains("FAILED")) {
        restarts++;
        worker.send(
            "POST",
            "/connectors/%s/restart?includeTasks=true&onlyFailed=true".formatted(connector));
      }
    }
  }

  /** How often a task had to be started again. */
  int restarts() {
    return restarts;
  }

  private V3Http source() {
    return new V3Http(from.member(0).clientUrl());
  }

  /**
   * The topic read from its start is the cluster's state, and no key has an index twice or goes
   * back.
   */
  void assertTopicIsExact(String why) {
    SortedMap<Bytes, Bytes> state = new TreeMap<>();
    Map<Bytes, Long> last = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> record : TopicRecords.committed(name)) {
      Bytes key = Bytes.of(record.key());
      long index = Long.parseLong(TopicRecords.header(record, "etcd.index"));
      assertThat(index).as("%s, key %s", why, key).isGreaterThan(last.getOrDefault(key, 0L));
      last.put(key, index);
      if (record.value() == null) {
        state.remove(key);
      } else {
        state.put(key, Bytes.of(record.value()));
      }
    }
    assertThat(state).as(why).isEqualTo(source().values(prefix));
  }

  /**
   * Each key of the other etcd got changes of the cluster's key, each at most once and in order.
   */
  void assertSameOrder(String why) throws Exception {
    Map<Bytes, List<String>> wanted = changes(from.member(0));
    changes(to)
        .forEach((key, got) -> {
          Iterator<String> written = wanted.getOrDefault(key, List.of()).iterator();
          for (String change : got) {
            boolean found = false;
            while (!found && written.hasNext()) {
              found = written.next().equals(change);
            }
            assertThat(found)
                .as("%s: %s got %s again or out of order: %s", why, key, change, got)
                .isTrue();
          }
        });
  }

  private Map<Bytes, List<String>> changes(EtcdServer etcd) throws Exception {
    Map<Bytes, List<String>> changes = new HashMap<>();
    long end = new V3Http(etcd.clientUrl()).revision();
    Selection keys = new Selection(List.of(Bytes.utf8(prefix)), false);
    try (V3Source history = V3Source.of(etcd.clientUrl().toString());
        EventStream stream = history.open(keys, Start.after(1))) {
      for (EventBatch batch = stream.poll(POLL); ; batch = stream.poll(POLL)) {
        for (MirrorEvent event : batch.events()) {
          changes
              .computeIfAbsent(event.key(), key -> new ArrayList<>())
              .add(event instanceof MirrorEvent.Put put ? put.value().utf8() : "deleted");
        }
        if (batch.index() >= end) {
          return changes;
        }
      }
    }
  }
}
