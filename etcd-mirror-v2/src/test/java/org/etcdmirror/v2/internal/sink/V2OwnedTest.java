package org.etcdmirror.v2.internal.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.OpenedV2Sink;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A sink writes only inside its prefixes and deletes also inside former prefixes. */
@Timeout(600)
@EtcdTest
class V2OwnedTest {

  private static EtcdServer etcd;
  private static V2Http http;

  private V2Sink sink;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void fill() {
    for (String path : List.of("/new", "/old", "/older")) {
      http.delete(path, "recursive=true");
    }
    http.put("/old/d/e/a", "1");
    http.put("/old/b", "1");
    http.put("/older/c", "1");
    sink = V2Sink.of(etcd.clientUrl().toString());
  }

  private void open(KeyModel source, String... formerPrefixes) {
    OpenedV2Sink.of(sink, source, List.of("/new"), List.of(formerPrefixes));
  }

  @AfterEach
  void close() {
    sink.close();
  }

  private void apply(MirrorEvent event) throws Exception {
    sink.apply(EventBatch.of(List.of(event), event.index(), event.index()));
  }

  private static MirrorEvent delete(String key) {
    return new MirrorEvent.Delete(Bytes.utf8(key), 1);
  }

  private void assertRefused(MirrorEvent event) {
    assertThatThrownBy(() -> apply(event))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll(event.key().utf8(), "outside the sink's prefixes [/new]");
  }

  private static MirrorEvent.Put put(String key) {
    return new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8("2"), 1, null);
  }

  @Test
  void formerPrefixesAllowDeletesButNoWrites() throws Exception {
    open(KeyModel.PATHS, "/old");
    apply(delete("/old/b"));
    apply(new MirrorEvent.DeleteTree(Bytes.utf8("/old/d"), 1));
    assertThat(http.tree("/old")).isEmpty();
    assertRefused(put("/old/b"));
    assertRefused(new MirrorEvent.MakeDirectory(Bytes.utf8("/old/d"), 1, null));
    assertRefused(delete("/older/c"));
    apply(delete("/old"));
    apply(put("/new/x"));
    assertThat(http.tree("/")).containsKeys("/older/c", "/new/x").doesNotContainKey("/old/");
  }

  @Test
  void nothingIsWrittenBeforeTheSinkIsOpened() {
    assertThatThrownBy(() -> apply(put("/new/x"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> apply(delete("/old/b"))).isInstanceOf(IllegalStateException.class);
    assertThat(http.tree("/old")).containsKey("/old/b");
  }

  @Test
  void indexStoreOfSinkUsesItsConnections() throws Exception {
    try (IndexStore store = sink.indexStore("owned/link")) {
      store.load();
      store.save(new Checkpoint(7, "c", "s", Instant.EPOCH));
      assertThat(http.tree("/__replication")).containsEntry("/__replication/owned/link", "7");
    }
    open(KeyModel.PATHS);
    apply(put("/new/x"));
    sink.close();
    assertThatThrownBy(() -> sink.indexStore("owned/link").load())
        .isInstanceOf(ClosedException.class);
  }

  @Test
  void deleteOfPlainKeyRemovesEmptyDirectoriesInFormerPrefix() throws Exception {
    open(KeyModel.BYTES, "/old");
    apply(delete("/old/d/e/a"));
    assertThat(http.tree("/old")).isEqualTo(Map.of("/old/b", "1"));
    try (var snapshot = sink.snapshot(Selection.of(Bytes.utf8("/old")))) {
      assertThat(snapshot.next()).isInstanceOf(MirrorEvent.Put.class);
      assertThat(snapshot.next()).isNull();
    }
  }

  @Test
  void formerPrefixesNeverIncludeIndexesOfMirrors() {
    open(KeyModel.PATHS, "/", "/__replication");
    assertThatThrownBy(() -> apply(delete("/__replication/conftool")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("reserved for the indexes of mirrors");
  }

  @Test
  void sinkAndSourceReportSameClusterId() throws Exception {
    try (V2Source source = V2Source.builder().endpoints(etcd.clientUrl().toString()).build()) {
      assertThat(sink.cluster().head().clusterId())
          .isEqualTo(source.head(Selection.of(Bytes.utf8("/conf"))).clusterId());
    }
  }
}
