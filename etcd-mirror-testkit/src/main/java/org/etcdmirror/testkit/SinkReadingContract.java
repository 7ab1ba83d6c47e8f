package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.junit.jupiter.api.Test;

/** Contract of a sink that can be read. */
abstract class SinkReadingContract extends SinkFixture {

  private static final int ENOUGH = 30;

  @Test
  void anExactSnapshotTellsAtLeastTheNamedKeys() throws Exception {
    apply(put("/a", "1"), put("/ab", "2"), put("/b/c/d", "3"), put("/b/c/e", "4"));
    List<Bytes> keys =
        List.of(key("/b/c/d"), key("/ab"), key("/missing"), key("/a"), key("/no/where"));
    assertThat(exactly(keys))
        .containsEntry(key("/a"), Bytes.utf8("1"))
        .containsEntry(key("/ab"), Bytes.utf8("2"))
        .containsEntry(key("/b/c/d"), Bytes.utf8("3"))
        .doesNotContainKeys(key("/missing"), key("/no/where"));
    apply(delete("/ab"));
    assertThat(exactly(keys)).containsKey(key("/a")).doesNotContainKey(key("/ab"));
    assertThat(exactly(List.of(key("/b/c/d")))).containsEntry(key("/b/c/d"), Bytes.utf8("3"));
    assertThat(exactly(List.of(key("/missing")))).doesNotContainKey(key("/missing"));
  }

  /** The values that an exact snapshot tells; no key twice. */
  private Map<Bytes, Bytes> exactly(List<Bytes> keys) throws IOException, InterruptedException {
    return values(contents(sink, Selection.ofKeys(keys, false)));
  }

  @Test
  void canBeReadWhileABatchIsApplied() throws Exception {
    if (!(sink instanceof ReadableSink)) {
      return;
    }
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    AtomicInteger snapshots = new AtomicInteger();
    AtomicBoolean enough = new AtomicBoolean();
    FutureTask<?> reader =
        new FutureTask<>(() -> {
          while (!enough.get()) {
            int least = done.get();
            Map<String, String> found = new TreeMap<>(values());
            int most = begun.get();
            found.remove("/gone");
            assertThat(found.keySet()).hasSize(least > 0 ? 2 : found.size());
            assertThat(found.values())
                .allSatisfy(value -> assertThat(Integer.parseInt(value)).isBetween(least, most));
            snapshots.incrementAndGet();
          }
          return null;
        });
    new Thread(reader, "contract-reader").start();
    try {
      for (int i = 1; (i <= ENOUGH || snapshots.get() < ENOUGH) && !reader.isDone(); i++) {
        begun.set(i);
        String value = Integer.toString(i);
        apply(put("/a", value), put("/b/c", value), put("/gone", value));
        apply(delete("/gone"));
        done.set(i);
      }
    } finally {
      enough.set(true);
    }
    reader.get();
    assertThat(values().keySet()).containsExactly("/a", "/b/c");
  }

  /** One sink serves one mirror. A sink that does not care how it is opened is left alone. */
  @Test
  void secondOpenIsRefused() throws Exception {
    Class<?> opensIn = sink.getClass().getMethod("open", SinkContext.class).getDeclaringClass();
    if (opensIn == EventSink.class) {
      return;
    }
    SinkContext again = new SinkContext(LINK, sink.keyModel(), prefixes());
    assertThatThrownBy(() -> sink.open(again)).isInstanceOf(IllegalStateException.class);
    apply(put("/still", "1"));
    assertThat(values()).containsEntry("/still", "1");
  }

  @Test
  void whatTheMirrorOwnedBeforeIsItsToReadAndToDelete() throws Exception {
    apply(put("/old/a", "1"), put("/older", "2"), put("/new/b", "3"));
    List<Bytes> present = List.of(key("/new"));
    List<Bytes> former = List.of(key("/old"), key("/elsewhere"));
    try (EventSink narrow = opened(createSink(present), present, former)) {
      // A sink in memory is another one each time, and holds nothing yet.
      assertThat(Map.of(key("/old/a"), Bytes.utf8("1"), key("/older"), Bytes.utf8("2")))
          .containsAllEntriesOf(values(contents(narrow, Selection.of(key("/old")))));
      narrow.apply(batch(delete("/old/a")));
      assertThat(values(contents(narrow, Selection.of(key("/old/a"))))).isEmpty();
      narrow.apply(batch(put("/new/b", "4"), delete("/elsewhere/x")));
      assertThat(values(contents(narrow, Selection.of(key("/new")))))
          .isEqualTo(Map.of(key("/new/b"), Bytes.utf8("4")));
    }
  }
}
