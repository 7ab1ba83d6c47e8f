package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.etcdmirror.v3.internal.watch.QuietProof;
import org.etcdmirror.v3.internal.watch.V3EventStream;
import org.etcdmirror.v3.internal.watch.WatchCall;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that mirrors keep for themselves in an etcd v3 cluster are neither shown nor touched. */
@Timeout(300)
final class V3OwnKeysTest {

  private static final Selection ALL = Selection.of(Bytes.EMPTY);
  private static final String OTHER = "/__replication/other";

  /** A stream that is level already is silent for as long. */
  private static final Duration A_WHILE = Duration.ofSeconds(1);

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  /** Writes the index of a foreign link fifty times a second. */
  private static ScheduledExecutorService heartbeat(V3Http http) {
    ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    var unused =
        thread.scheduleAtFixedRate(
            () -> http.put(OTHER, Long.toString(System.nanoTime())), 0, 20, TimeUnit.MILLISECONDS);
    return thread;
  }

  private static List<MirrorEvent> until(EventStream stream, long index) throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    EventBatch batch = stream.poll(A_WHILE);
    events.addAll(batch.events());
    while (batch.index() < index) {
      batch = stream.poll(A_WHILE);
      events.addAll(batch.events());
    }
    return events;
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void aBusyIndexOfAnotherLinkDoesNotDisturbAStream(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.put("/a", "0");
      try (V3EventStream stream = WatchOpening.open(client, ALL, Start.now())) {
        ScheduledExecutorService heart = heartbeat(http);
        try {
          for (int i = 1; i <= 5; i++) {
            long put = http.put("/a", "" + i);
            assertThat(until(stream, put + 50)).extracting(MirrorEvent::index).containsExactly(put);
          }
        } finally {
          heart.shutdown();
          assertThat(heart.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        }
        assertThat(until(stream, http.revision())).isEmpty();
        // Now it is quiet, and the proof counts all keys.
        http.delete(OTHER);
        assertThat(until(stream, http.revision())).isEmpty();
        long last = http.put("/a", "last");
        assertThat(until(stream, last)).hasSize(1);
      }
    }
  }

  @Test
  void quietProofHoldsWhileCheckpointsOfOtherLinksComeAndGo() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        V3Client client = WarmClient.connect(etcd.clientUrl())) {
      V3Http http = new V3Http(etcd.clientUrl());
      long index = http.put("/a", "0");
      KeyRange range = KeyRange.of(Bytes.EMPTY);
      try (WatchCall watch = WatchCall.start(client, range, index + 1)) {
        long never = Duration.ofDays(1).toNanos();
        QuietProof proof = new QuietProof(client, watch, range, index, never);
        try (V3EventStream stream = new V3EventStream(ALL, watch, proof, null, index, index)) {
          for (int round = 0; round < 20; round++) {
            http.put(OTHER + round % 3, "" + round);
            long last = round % 2 == 0 ? http.delete(OTHER + round % 3) : http.revision();
            assertThat(until(stream, last)).isEmpty();
            // A second look that finds another count would end the stream.
            assertThat(proof.advance(last)).isEqualTo(last);
            assertThat(proof.advance(last)).isEqualTo(last);
          }
          long last = http.put("/a", "1");
          assertThat(until(stream, last)).hasSize(1);
        }
      }
    }
  }

  @Test
  void anOwnKeyOnALeaseIsNotRefreshed() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        SourceLeases leases = new SourceLeases(etcd.clientUrl().toString());
        V3Source source = V3Source.builder().endpoints(etcd.clientUrl().toString()).build()) {
      long lease = leases.grant(7, 600);
      leases.put(OTHER, "1", lease);
      long index = leases.put("/a", "1", lease);
      Selection expiring = new Selection(List.of(Bytes.EMPTY), true);
      try (Snapshot snapshot = V3Patience.read(() -> source.snapshot(expiring))) {
        assertThat(snapshot.next())
            .isInstanceOfSatisfying(
                MirrorEvent.Put.class, only -> assertThat(only.key()).isEqualTo(Bytes.utf8("/a")));
        assertThat(snapshot.next()).isNull();
      }
      try (EventStream stream = source.open(expiring, Start.after(index))) {
        List<MirrorEvent> events = new ArrayList<>();
        while (events.stream().noneMatch(event -> event.key().equals(Bytes.utf8("/a")))) {
          events.addAll(stream.poll(A_WHILE).events());
        }
        leases.put(OTHER, "2", lease);
        long last = leases.put("/b", "1", lease);
        events.addAll(until(stream, last));
        assertThat(events).extracting(MirrorEvent::key).noneMatch(OwnKeys::contains);
      }
    }
  }

  private static final String[] GIVEN = {
    "/",
    "/_",
    "/_/x",
    "/__",
    "/__r",
    "/__replication",
    "/__replication-x",
    OTHER,
    "/__replication/test/below",
    "/__replication0",
    "/mine/index",
    "/mine/index2",
    "0",
    "zz"
  };

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/_", "/__replicatio", "/mine/"})
  void treeDeleteSparesOwnKeysOfMirrors(String prefix) throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink =
            server.sink("test").checkpointKey(Bytes.utf8("/mine/index")).prefixes(prefix).build()) {
      for (String key : GIVEN) {
        if (!key.equals("/mine/index")) {
          server.write(SinkOp.put(Bytes.utf8(key), Wire.wire(Bytes.utf8("given")), 0));
        }
      }
      Checkpoint at = new Checkpoint(5, null, null, Instant.EPOCH);
      EventBatch tree = V3SinkServer.batch(new MirrorEvent.DeleteTree(Bytes.utf8("/"), 7));
      V3SinkServer.apply(sink, tree, at);
      List<String> left = new ArrayList<>();
      for (String key : GIVEN) {
        boolean own = OwnKeys.contains(Bytes.utf8(key)) || key.equals("/mine/index");
        if (own || !key.startsWith(prefix) || !key.startsWith("/")) {
          left.add(key);
        }
      }
      assertThat(server.keys("/")).containsExactlyElementsOf(sorted(left, "/"));
      assertThat(server.value("/__replication")).isEqualTo("given");
      assertThat(sink.load()).contains(at);
      assertThat(shown(sink, ALL)).doesNotContainKeys("/mine/index", OTHER, "/__replication");
    }
  }

  private static List<String> sorted(List<String> keys, String prefix) {
    return keys.stream().filter(key -> key.startsWith(prefix)).sorted().toList();
  }

  private static Map<String, String> shown(V3Sink sink, Selection selection) throws Exception {
    Map<String, String> shown = new TreeMap<>();
    try (Snapshot snapshot = V3Patience.read(() -> sink.snapshot(selection))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        shown.put(entry.key().utf8(), ((MirrorEvent.Put) entry).value().utf8());
      }
    }
    return shown;
  }

  @Test
  void putOfOwnKeyIsRefusedRatherThanSkipped() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink = server.sink("test").checkpointKey(Bytes.utf8("/mine/index")).build()) {
      assertThat(sink.ownKeys()).containsExactly(Bytes.utf8("/mine/index"));
      for (String key : List.of(OTHER, "/__replication", "/mine/index")) {
        EventBatch batch =
            V3SinkServer.batch(V3SinkServer.put("/a", "1"), V3SinkServer.put(key, "1"));
        assertThatThrownBy(() -> V3SinkServer.apply(sink, batch))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("'" + key + "'");
      }
      assertThat(server.keys("/")).isEmpty();
      List<Bytes> keys = List.of(Bytes.utf8(OTHER), Bytes.utf8("/mine/index"), Bytes.utf8("/a"));
      V3SinkServer.apply(sink, V3SinkServer.batch(V3SinkServer.put("/a", "1")));
      V3SinkServer.apply(sink, V3SinkServer.batch(), new Checkpoint(5, null, null, Instant.EPOCH));
      assertThat(shown(sink, Selection.ofKeys(keys, false))).isEqualTo(Map.of("/a", "1"));
      assertThat(server.sink("test").build().ownKeys()).isEmpty();
    }
  }

  @Test
  void checkpointKeyUnderDefaultPrefixAddsNoOwnKey() {
    try (V3Sink sink =
        V3Sink.builder()
            .endpoints("http://127.0.0.1:1")
            .checkpointKey(Bytes.utf8("/__replication/by/hand"))
            .build()) {
      assertThat(sink.ownKeys()).isEmpty();
    }
  }
}
