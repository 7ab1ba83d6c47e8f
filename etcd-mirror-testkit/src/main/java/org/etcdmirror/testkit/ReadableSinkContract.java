package org.etcdmirror.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contract of each {@link ReadableSink}, besides {@link EventSinkContract}. */
@Timeout(600)
public abstract class ReadableSinkContract extends SinkFixture {

  private static final int ENOUGH = 30;
  private static final int MANY = 1_500;

  /** For subclasses. */
  protected ReadableSinkContract() {}

  @Override
  protected abstract ReadableSink createSink(List<Bytes> prefixes) throws Exception;

  @Test
  void snapshotIsInOrderOfUnsignedBytes() throws Exception {
    Map<Bytes, Bytes> expected = new TreeMap<>();
    for (String name : List.of("b", "a/b", "a/a", "a-b", "a.c", "a0", "é", "z", "鍵", "😀", "B")) {
      expected.put(key("/" + name), Bytes.utf8(name));
    }
    applyPuts(expected);
    List<Bytes> found = contents().stream().map(MirrorEvent::key).toList();
    assertThat(found).isSorted().doesNotHaveDuplicates().containsAll(expected.keySet());
    assertThat(values(contents())).containsExactlyEntriesOf(expected);
  }

  @Test
  void snapshotKeepsToTheSelection() throws Exception {
    apply(put("/x/1", "1"), put("/b/2", "2"), put("/bc", "3"), put("/c", "4"));
    List<Bytes> expected = new ArrayList<>();
    for (Bytes one : List.of(key("/x"), key("/b"))) {
      contents().stream()
          .map(MirrorEvent::key)
          .filter(key -> sink.keyModel().covers(one, key))
          .forEach(expected::add);
    }
    assertThat(expected).contains(key("/x/1"), key("/b/2")).doesNotContain(key("/c"));
    assertThat(contents(sink, Selection.of(key("/x"), key("/b"))).stream().map(MirrorEvent::key))
        .containsExactlyElementsOf(expected);
    assertThat(contents(sink, Selection.of(key("/nothing")))).isEmpty();
  }

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

  @Test
  void canBeReadWithoutBeingOpened() throws Exception {
    apply(put("/a", "1"), put("/b/c", "2"));
    Map<Bytes, Bytes> held = values(contents());
    try (ReadableSink unopened = createSink(prefixes())) {
      Map<Bytes, Bytes> found = values(contents(unopened, Selection.of(key(""))));
      // A sink in memory is another one each time, and holds nothing yet.
      assertThat(found).isEqualTo(sink.isDurable() ? held : Map.of());
    }
  }

  @Test
  void aSnapshotThatIsClosedEarlyLeavesTheSinkAsItIs() throws Exception {
    Map<Bytes, Bytes> many = new LinkedHashMap<>();
    for (int i = 0; i < MANY; i++) {
      many.put(key("/many/" + i), Bytes.utf8("value " + i));
    }
    applyPuts(many);
    Snapshot early = snapshot();
    assertThat(early.next()).isNotNull();
    early.close();
    early.close();
    assertThat(values(contents())).containsExactlyInAnyOrderEntriesOf(many);
    apply(put("/many/0", "new"));
    assertThat(values()).hasSize(MANY).containsEntry("/many/0", "new");
  }

  @Test
  void twoSnapshotsAreReadSideBySide() throws Exception {
    apply(put("/a", "1"), put("/b/c", "2"), put("/d", "3"));
    List<MirrorEvent.Entry> expected = contents();
    List<MirrorEvent.Entry> first = new ArrayList<>();
    List<MirrorEvent.Entry> second = new ArrayList<>();
    try (Snapshot one = snapshot();
        Snapshot other = snapshot()) {
      for (int i = 0; i < expected.size(); i++) {
        first.add(requireNonNull(one.next(), "an entry is missing"));
        second.add(requireNonNull(other.next(), "an entry is missing"));
      }
      assertThat(one.next()).isNull();
      assertThat(other.next()).isNull();
    }
    assertThat(first).isEqualTo(expected);
    assertThat(second).isEqualTo(expected);
  }

  /** Once expiries are not copied any more, a copy that would go by itself is a difference. */
  @Test
  void whatGoesByItselfIsShownSoAlsoIfExpiriesAreNotAskedFor() throws Exception {
    Expiry later = Expiry.in(Duration.ofHours(1));
    apply(new MirrorEvent.Put(key("/lease"), Bytes.utf8("1"), 0, later), put("/a", "2"));
    List<Bytes> all = List.of(key(""));
    assertThat(goingByThemselves(new Selection(all, false)))
        .isEqualTo(goingByThemselves(new Selection(all, true)));
  }

  private List<Bytes> goingByThemselves(Selection selection)
      throws IOException, InterruptedException {
    return contents(sink, selection).stream()
        .filter(entry -> entry.expiresAt() != null)
        .map(MirrorEvent::key)
        .toList();
  }

  @Test
  void keysOfMirrorsAreNotShown() throws Exception {
    apply(put("/a", "1"));
    String link = prefix.substring(1);
    List<Bytes> own = new ArrayList<>(List.of(Bytes.utf8(OwnKeys.TREE + "/" + link)));
    own.addAll(sink.ownKeys());
    try (ReadableSink other = createSink(prefixes());
        IndexStore store = other.indexStore(link)) {
      if (store != null) {
        store.load();
        other.open(new SinkContext(link, other.keyModel(), prefixes()));
        store.save(new Checkpoint(7, "cluster", "scope", Instant.EPOCH));
      }
      assertThat(contents(sink, everything()).stream().map(MirrorEvent::key))
          .contains(key("/a"))
          .noneMatch(OwnKeys::contains)
          .doesNotContainAnyElementsOf(own);
      assertThat(contents(sink, Selection.ofKeys(own, false)).stream().map(MirrorEvent::key))
          .noneMatch(OwnKeys::contains)
          .doesNotContainAnyElementsOf(own);
    }
  }

  private Selection everything() {
    return Selection.of(paths() ? Bytes.utf8("/") : Bytes.EMPTY);
  }

  private Snapshot snapshot() throws IOException, InterruptedException {
    return ((ReadableSink) sink).snapshot(Selection.of(Bytes.utf8(prefix)));
  }
}
