package org.etcdmirror.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.testkit.EventSinkContract;
import org.junit.jupiter.api.Test;

class InMemorySinkTest extends EventSinkContract {

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    return InMemorySink.bytes();
  }

  private static InMemorySink holding(String... keys) {
    InMemorySink sink = InMemorySink.bytes();
    for (String key : keys) {
      apply(sink, new MirrorEvent.Put(Bytes.utf8(key), Bytes.EMPTY, 1, null));
    }
    return sink;
  }

  private static void apply(InMemorySink sink, MirrorEvent event) {
    sink.apply(EventBatch.of(List.of(event), 2, 2));
  }

  @Test
  void plainKeysDoNotContainEachOther() {
    InMemorySink sink = holding("/a/b", "/a");
    assertThat(sink.values()).containsOnlyKeys(Bytes.utf8("/a"), Bytes.utf8("/a/b"));
  }

  @Test
  void treeDeleteOfRootDeletesKeysThatStartWithSlash() {
    InMemorySink sink = holding("/a/b", "plain", "0");
    apply(sink, new MirrorEvent.DeleteTree(Bytes.utf8("/"), 2));
    assertThat(sink.values()).containsOnlyKeys(Bytes.utf8("plain"), Bytes.utf8("0"));
  }

  @Test
  void valuesAreACopy() {
    InMemorySink sink = holding("/a");
    var before = sink.values();
    apply(sink, new MirrorEvent.Delete(Bytes.utf8("/a"), 2));
    assertThat(before).containsOnlyKeys(Bytes.utf8("/a"));
    assertThat(sink.get(Bytes.utf8("/a"))).isEmpty();
  }
}
