package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class V3SinkPrefixTest {

  private V3SinkServer server;

  @BeforeEach
  void start() {
    server = V3SinkServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private V3Sink sink(String... prefixes) {
    return server.sink("test").prefixes(prefixes).build();
  }

  private void given(String... keys) throws Exception {
    for (String key : keys) {
      server.write(SinkOp.put(Bytes.utf8(key), ByteString.copyFromUtf8("given"), 0));
    }
  }

  /** All keys but the sink's own fence. */
  private Set<String> data() throws Exception {
    Set<String> keys = server.keys("/");
    keys.remove("/__replication/test");
    return keys;
  }

  private static EventBatch deleteTree(String key) {
    return batch(new MirrorEvent.DeleteTree(Bytes.utf8(key), 7));
  }

  @Test
  void batchWithKeyOutsidePrefixesIsRefusedAsAWhole() throws Exception {
    given("/b");
    try (V3Sink sink = sink("/a/", "/c")) {
      for (MirrorEvent outside :
          List.of(
              put("/b", "1"),
              delete("/b"),
              new MirrorEvent.Refresh(
                  Bytes.utf8("/b"), 7, Expiry.in(Duration.ofSeconds(60)), null))) {
        EventBatch batch = batch(put("/a/x", "1"), outside);
        assertThatThrownBy(() -> apply(sink, batch))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("'/b'");
        Checkpoint next = new Checkpoint(1_000, null, null, Instant.EPOCH);
        assertThatThrownBy(() -> apply(sink, batch, next)).isInstanceOf(PermanentException.class);
      }
      assertThatThrownBy(() -> apply(sink, deleteTree("/b")))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'/b'");
      assertThat(data()).containsExactly("/b");
      apply(sink, batch(put("/a/x", "1"), put("/c", "1"), put("/cc", "1")));
      assertThat(data()).containsExactly("/a/x", "/b", "/c", "/cc");
    }
  }

  @Test
  void treeDeleteIsLimitedToPrefixes() throws Exception {
    given("/", "/a", "/a/1", "/a/2/3", "/a0", "/b", "/b/1", "/bc", "/c/1", "0");
    try (V3Sink sink = sink("/a/", "/b")) {
      apply(
          sink,
          batch(
              new MirrorEvent.DeleteTree(Bytes.utf8("/"), 7), put("/a/2/3", "2"), put("/bd", "2")),
          new Checkpoint(1_000, null, null, Instant.EPOCH));
      assertThat(server.keys("/"))
          .containsExactly("/", "/__replication/test", "/a", "/a/2/3", "/a0", "/bd", "/c/1");
      assertThat(server.count("0")).isEqualTo(1);
    }
  }

  @Test
  void prefixesAreTreatedAsPathsForPathSource() throws Exception {
    given("/conf", "/conf/1", "/conf-2", "/conf0", "/other/sub", "/other/sub2");
    try (V3Sink sink = server.sink("test").prefixes("/conf/", "/other/sub").underPaths().build()) {
      assertThatThrownBy(() -> apply(sink, batch(put("/conf-3", "1"))))
          .isInstanceOf(PermanentException.class);
      apply(sink, batch(put("/conf", "1"), put("/conf/2", "1")));
      assertThat(server.keys("/conf")).contains("/conf/2");
      apply(sink, deleteTree("/"));
      assertThat(data()).containsExactly("/conf-2", "/conf0", "/other/sub2");
    }
  }

  @Test
  void emptyPrefixCoversEverythingExceptCheckpoints() throws Exception {
    given("/__replication/other", "/a", "/z/1", "z");
    try (V3Sink sink = sink("")) {
      apply(sink, deleteTree("/"), new Checkpoint(5, null, null, Instant.EPOCH));
      apply(sink, batch(delete("/__replication/other"), delete("/__replication/test")));
      apply(sink, batch(put("x", "1")));
      assertThat(server.keys("/")).containsExactly("/__replication/other", "/__replication/test");
      assertThat(server.value("/__replication/other")).isEqualTo("given");
      assertThat(shown(sink)).containsExactly("x", "z");
    }
  }

  @Test
  void sinkMayDeleteKeysOfFormerPrefixesExceptCheckpoints() throws Exception {
    given("/old/1", "/older", "/__replication/other");
    try (V3Sink sink = sink("/a/")) {
      EventBatch batch = batch(delete("/old/1"));
      assertThatThrownBy(() -> apply(sink, batch)).isInstanceOf(PermanentException.class);
    }
    try (V3Sink sink =
        server.sink("test").prefixes("/a/").formerPrefixes("/old/", "/__rep").build()) {
      for (MirrorEvent refused : List.of(delete("/older"), put("/old/2", "1"))) {
        assertThatThrownBy(() -> apply(sink, batch(refused)))
            .isInstanceOf(PermanentException.class);
      }
      apply(sink, batch(delete("/old/1"), put("/a/1", "1"), delete("/__replication/other")));
      assertThat(data()).containsExactly("/__replication/other", "/a/1", "/older");
    }
    given("/old", "/old/2");
    try (V3Sink sink =
        server.sink("test").prefixes("/a").formerPrefixes("/old").underPaths().build()) {
      apply(sink, batch(delete("/old"), delete("/old/2")));
      assertThat(data()).doesNotContain("/old", "/old/2").contains("/older");
    }
  }

  @Test
  void sinkWritesNothingBeforeItsLinkIsOpened() throws Exception {
    given("/a");
    try (V3Sink sink = V3Sink.of(server.etcd.clientUrl().toString())) {
      EventBatch batch = batch(delete("/a"));
      assertThat(shown(sink)).containsExactly("/a");
      assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(sink::load).isInstanceOf(IllegalStateException.class);
      assertThat(sink.indexStore("/one").indexStore("one").load()).isEmpty();
      assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> sink.indexStore("two"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("'two'", "'/__replication/one'");
      assertThat(data()).containsExactly("/a");
    }
  }

  private static List<String> shown(V3Sink sink) throws Exception {
    List<String> keys = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.EMPTY))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        keys.add(entry.key().utf8());
      }
    }
    return keys;
  }

  @Test
  void sinkRefusesDirectories() {
    try (V3Sink sink = sink("")) {
      EventBatch batch = batch(new MirrorEvent.MakeDirectory(Bytes.utf8("/d"), 7, null));
      assertThatThrownBy(() -> apply(sink, batch))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'/d'");
    }
  }

  @Test
  void sinkRefusesUnusableCheckpointKeysAndPrefixes() {
    assertThatThrownBy(() -> V3Sink.builder().checkpointKey(Bytes.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("checkpointKey");
    for (String own : List.of("/__replication", "/__replication/", "/__replication/x")) {
      assertThatThrownBy(() -> sink("/a", own))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "prefix '%s' cannot be mirrored: mirrors keep their indexes there".formatted(own));
    }
    Bytes key = Bytes.utf8("/mine");
    assertThatThrownBy(() -> server.sink("test").checkpointKey(key).prefixes("/mine").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'/mine'");
  }
}
