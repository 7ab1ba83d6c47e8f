package org.etcdmirror.v2.internal.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.OpenedV2Sink;
import org.etcdmirror.v2.V2Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A {@link V2Sink} for a source with plain keys, which has no directories. */
@Timeout(60)
@EtcdTest
final class V2PlainKeysTest {

  private static EtcdServer etcd;
  private static V2Http http;

  private V2Sink sink;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void open() {
    http.delete("/c", "recursive=true");
    http.put("/c/outside", "not ours");
    sink =
        OpenedV2Sink.of(
            V2Sink.of(etcd.clientUrl().toString()), KeyModel.BYTES, List.of("/c/conf"), List.of());
  }

  @AfterEach
  void close() {
    sink.close();
  }

  private static Put put(String key, String value) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), 1, null);
  }

  private static Delete delete(String key) {
    return new Delete(Bytes.utf8(key), 1);
  }

  private void apply(MirrorEvent... events) throws Exception {
    sink.apply(EventBatch.of(List.of(events), 1, 1));
  }

  private List<Refusal> refusals(MirrorEvent... events) {
    UnsupportedEntryException refused =
        catchThrowableOfType(UnsupportedEntryException.class, () -> apply(events));
    assertThat(refused).isNotNull();
    return refused.refusals();
  }

  private static Map<String, String> tree() {
    return http.tree("/c/conf");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c/conf/a",
        "/c/conf//a",
        "/c/conf/a/",
        "/c/conf/",
        "/c/conf/./a",
        "/c/conf/a/..",
        "/c/conf/_a",
        "/c/conf/a/_b/c",
        "/",
        "/__replication/a"
      })
  void keyThatCannotBeStoredOrReadBackIsRefused(String key) {
    assertThat(sink.refusal(put(key, "1"))).isNotNull();
  }

  @Test
  void keyOrValueThatIsNotUtf8IsRefused() {
    Bytes binary = Bytes.of(new byte[] {'/', 'c', '/', (byte) 0xff});
    Bytes surrogate = Bytes.of(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
    assertThat(sink.refusal(new Put(binary, Bytes.EMPTY, 1, null))).contains("key is not UTF-8");
    for (Bytes value : List.of(binary, surrogate)) {
      assertThat(sink.refusal(new Put(Bytes.utf8("/c/conf/a"), value, 1, null)))
          .contains("value is not UTF-8");
    }
  }

  @Test
  void tooLongKeyOrValueIsRefused() {
    assertThat(sink.refusal(put("/c/conf/a", "x".repeat(10 << 20)))).contains("10485760 bytes");
    assertThat(sink.refusal(put("/c/conf/" + "x".repeat(1 << 19), "1"))).contains("bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "/c/conf, top",
    "/c/conf/a_b/.c/..d, 1",
    "/c/conf/ü \uFFFD%2F?#+, \uFFFD",
    "/c/conf/tab\tnul\u0000, a\u0000b"
  })
  void acceptedEntryCanBeReadBack(String key, String value) throws Exception {
    assertThat(sink.refusal(put(key, value))).isNull();
    apply(put(key, value));
    assertThat(entries()).containsExactly(key + "=" + value);
  }

  private List<String> entries() throws Exception {
    List<String> entries = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.utf8("/c/conf")))) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry.key().textOrHex() + "=" + ((Put) entry).value().textOrHex());
      }
    }
    return entries;
  }

  @Test
  void snapshotShowsNoDirectories() throws Exception {
    apply(put("/c/conf/a/b/c", "1"), put("/c/conf/a-b", "2"));
    http.put("/c/conf/empty", Map.of("dir", "true"));
    assertThat(entries()).containsExactly("/c/conf/a-b=2", "/c/conf/a/b/c=1");
  }

  @Test
  void putBelowValueIsRefusedAndRestOfBatchIsWritten() throws Exception {
    apply(put("/c/conf/a", "1"));
    assertThat(refusals(put("/c/conf/a/b/c", "2"), put("/c/conf/d", "3"), delete("/c/conf/e")))
        .containsExactly(
            new Refusal(
                Bytes.utf8("/c/conf/a/b/c"),
                "its parent '/c/conf/a' holds a value",
                Bytes.utf8("/c/conf/a")));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/a", "1", "/c/conf/d", "3"));
  }

  @Test
  void putAboveOtherValuesIsRefused() throws Exception {
    apply(put("/c/conf/a/b/c", "1"));
    assertThat(refusals(put("/c/conf/a", "2")))
        .containsExactly(
            new Refusal(
                Bytes.utf8("/c/conf/a"),
                "'/c/conf/a/b/c' below it holds a value",
                Bytes.utf8("/c/conf/a/b/c")));
    assertThat(tree()).containsEntry("/c/conf/a/b/c", "1");
  }

  @Test
  void putReplacesDirectoriesWithoutValues() throws Exception {
    http.put("/c/conf/a/b/c", Map.of("dir", "true"));
    http.put("/c/conf/a/d", Map.of("dir", "true"));
    apply(put("/c/conf/a", "1"));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/a", "1"));
  }

  @Test
  void putNeverRemovesHiddenKey() throws Exception {
    http.put("/c/conf/a/_hidden", "another's");
    assertThat(refusals(put("/c/conf/a", "1"))).hasSize(1);
    assertThat(http.get("/c/conf/a/_hidden", "").json().path("node").path("value").textValue())
        .isEqualTo("another's");
  }

  @Test
  void directoriesAreRemovedWithTheirLastValue() throws Exception {
    apply(put("/c/conf/a/b/c", "1"), put("/c/conf/a/b/d", "1"), put("/c/conf/a/e", "1"));
    apply(delete("/c/conf/a/b/c"));
    assertThat(tree()).containsKeys("/c/conf/a/b/", "/c/conf/a/b/d");
    apply(delete("/c/conf/a/b/d"));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/a/", "", "/c/conf/a/e", "1"));
    apply(delete("/c/conf/a/e"), put("/c/conf/x/y", "1"));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/x/", "", "/c/conf/x/y", "1"));
  }

  @Test
  void prefixDirectoryAndItsParentsAreKept() throws Exception {
    http.delete("/c/outside", "");
    apply(put("/c/conf/a/b", "1"));
    apply(delete("/c/conf/a/b"));
    assertThat(http.tree("/c")).isEqualTo(Map.of("/c/conf/", ""));
  }

  @Test
  void repeatedDeletesRemoveLeftoverDirectories() throws Exception {
    http.put("/c/conf/a/b", Map.of("dir", "true"));
    apply(delete("/c/conf/a/b/c"), delete("/c/conf/x/y"));
    assertThat(tree()).isEmpty();
  }

  @Test
  void oneBatchMovesKeysUpAndDownTheTree() throws Exception {
    apply(put("/c/conf/a/b/c", "1"), put("/c/conf/x", "1"));
    apply(
        delete("/c/conf/a/b/c"),
        delete("/c/conf/x"),
        put("/c/conf/a", "2"),
        put("/c/conf/x/y", "2"));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/a", "2", "/c/conf/x/", "", "/c/conf/x/y", "2"));
    // A late repetition of the first delete must not take the value for an emptied directory.
    apply(delete("/c/conf/a/b/c"));
    assertThat(tree()).containsEntry("/c/conf/a", "2");
  }

  @Test
  void directoryWithHiddenKeyIsKept() throws Exception {
    http.put("/c/conf/a/_hidden", "another's");
    apply(put("/c/conf/a/b", "1"));
    apply(delete("/c/conf/a/b"));
    assertThat(tree()).isEqualTo(Map.of("/c/conf/a/", ""));
  }

  @Test
  void manyDeletesInOneBatchEmptyTree() throws Exception {
    List<MirrorEvent> puts = new ArrayList<>();
    List<MirrorEvent> deletes = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      String key = "/c/conf/" + i % 10 + "/" + i % 50 + "/" + i;
      puts.add(put(key, "1"));
      deletes.add(delete(key));
    }
    sink.apply(EventBatch.of(puts, 1, 1));
    assertThat(entries()).hasSize(300);
    sink.apply(EventBatch.of(deletes, 1, 1));
    assertThat(tree()).isEmpty();
  }
}
