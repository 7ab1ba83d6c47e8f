package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;
import org.junit.jupiter.api.Test;

/** Contract of a source's recovery methods, besides its snapshots and streams. */
abstract class SourceRecoveryContract extends SourceFixture {

  private static final int ENOUGH = 30;

  @Test
  void anExactSnapshotTellsAtLeastTheNamedKeys() throws Exception {
    long a = write("/a", "1");
    long ab = write("/ab", "2");
    long deep = write("/b/c/d", "3");
    write("/b/c/e", "4");
    List<Bytes> keys =
        List.of(key("/b/c/d"), key("/ab"), key("/missing"), key("/a"), key("/no/where"));
    assertThat(exactly(keys))
        .containsEntry(key("/a"), put("/a", "1", a))
        .containsEntry(key("/ab"), put("/ab", "2", ab))
        .containsEntry(key("/b/c/d"), put("/b/c/d", "3", deep))
        .doesNotContainKeys(key("/missing"), key("/no/where"));
    remove("/ab");
    assertThat(exactly(keys)).containsKey(key("/a")).doesNotContainKey(key("/ab"));
    assertThat(exactly(List.of(key("/a")))).containsEntry(key("/a"), put("/a", "1", a));
    assertThat(exactly(List.of(key("/missing")))).doesNotContainKey(key("/missing"));
  }

  @Test
  void anExactSnapshotIsOfOneIndex() throws Exception {
    write("/first/x", "0");
    write("/y", "0");
    List<Bytes> keys = List.of(key("/first/x"), key("/y"));
    AtomicInteger rounds = new AtomicInteger();
    AtomicBoolean enough = new AtomicBoolean();
    FutureTask<?> writer =
        new FutureTask<>(() -> {
          while (!enough.get()) {
            String next = Integer.toString(rounds.incrementAndGet());
            write("/first/x", next);
            write("/y", next);
          }
          return null;
        });
    new Thread(writer, "contract-writer").start();
    try {
      for (int i = 0; (i < ENOUGH || rounds.get() < ENOUGH) && !writer.isDone(); i++) {
        Map<Bytes, MirrorEvent.Entry> found = exactly(keys);
        assertThat(number(found, "/first/x") - number(found, "/y")).isBetween(0, 1);
      }
    } finally {
      enough.set(true);
    }
    writer.get();
  }

  private int number(Map<Bytes, MirrorEvent.Entry> found, String below) {
    if (found.get(key(below)) instanceof MirrorEvent.Put put) {
      return Integer.parseInt(put.value().utf8());
    }
    throw new AssertionError("no value at " + below + " in " + found);
  }

  /** Reads an exact snapshot. Checks that it has no key twice and none from after its index. */
  private Map<Bytes, MirrorEvent.Entry> exactly(List<Bytes> keys)
      throws IOException, InterruptedException {
    Map<Bytes, MirrorEvent.Entry> found = new HashMap<>();
    for (MirrorEvent.Entry entry : snapshot(Selection.ofKeys(keys, false))) {
      assertThat(found.put(entry.key(), entry)).as("twice: " + entry.key()).isNull();
    }
    return found;
  }

  @Test
  void aSecondSnapshotTellsTheSame() throws Exception {
    long last = 0;
    for (String name : List.of("/a", "/b/c", "/d")) {
      last = write(name, name);
    }
    List<MirrorEvent.Entry> first = snapshot(all());
    for (int i = 0; i < 3; i++) {
      List<MirrorEvent.Entry> second = new ArrayList<>();
      try (Snapshot snapshot = inspectable().secondSnapshot(all())) {
        assertThat(snapshot.head().index()).isGreaterThanOrEqualTo(last);
        for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
          second.add(entry);
        }
      }
      assertThat(second).isEqualTo(first);
    }
  }

  private InspectableSource inspectable() {
    return InspectableSource.of(source);
  }

  @Test
  void historyReachesFromTheOldestToTheNewestIndex() throws Exception {
    long written = write("/a", "1");
    SourceHistory history = inspectable().history(all());
    assertThat(history.current()).isGreaterThanOrEqualTo(written);
    assertThat(history.oldest()).isBetween(0L, history.current());
  }

  @Test
  void aStreamCanBeginWithTheOldestOfHistory() throws Exception {
    long written = write("/a", "1");
    SourceHistory history = inspectable().history(all());
    if (history.oldest() > 0) {
      try (EventStream stream = source.open(all(), Start.after(history.oldest() - 1))) {
        assertThat(puts(collect(stream, history.current()))).containsExactly("/a=1");
      }
    }
    assertThat(written).isPositive();
  }

  @Test
  void anAnchorHoldsOrIsUnknown() throws Exception {
    long still = write("/still", "1");
    long before = write("/dir/a", "1");
    List<Anchor> anchors = new ArrayList<>(anchors());
    assertNoneBroken(anchors, "as it was");
    anchors.add(new Anchor(key("/dir/a"), before, before));
    assertNoneBroken(anchors, "taken from an event");

    long changed = write("/dir/a", "2");
    anchors.addAll(anchors());
    anchors.add(new Anchor(key("/dir/a"), before, changed - 1));
    assertNoneBroken(anchors, "changed");
    write("/dir/a", "3");
    assertNoneBroken(anchors, "changed again");

    long gone = remove("/dir/a");
    anchors.add(new Anchor(key("/still"), still, gone));
    assertNoneBroken(anchors, "deleted");
    write("/dir/a", "3");
    anchors.addAll(anchors());
    assertNoneBroken(anchors, "made again");
    remove("/dir/a");
    assertNoneBroken(anchors, "deleted again");
  }

  @Test
  void anAnchorHoldsOrIsUnknownAfterADeletedTree() throws Exception {
    write("/dir/sub/a", "1");
    write("/dir/sub/b", "1");
    write("/dirt", "1");
    List<Anchor> anchors = anchors();
    deleteTree(prefix + "/dir");
    assertNoneBroken(anchors, "its tree is gone");
    write("/dir/sub/a", "2");
    assertNoneBroken(anchors, "made again");
    anchors.addAll(anchors());
    deleteTree(prefix + "/dir");
    write("/dir", "a value where a directory was");
    assertNoneBroken(anchors, "something else is there");
    deleteTree(prefix);
    assertNoneBroken(anchors, "all is gone");
  }

  @Test
  void aLastChangeHoldsOrIsUnknown() throws Exception {
    write("/gone", "1");
    long put = write("/dir/a", "1");
    long any = remove("/gone");
    Bytes gone = Bytes.utf8(prefix + "/gone");
    LastChange last = new LastChange(put, any, inspectable().head(all()).index(), gone);
    assertNotBroken(last, "as it was");
    write("/dir/a", "2");
    write("/dir/b", "1");
    assertNotBroken(last, "changed since");
    write("/gone", "2");
    assertNotBroken(last, "put again since");
    deleteTree(prefix + "/dir");
    assertNotBroken(last, "deleted since");
  }

  private void assertNotBroken(LastChange last, String when)
      throws IOException, InterruptedException {
    assertThat(inspectable().check(all(), last)).as(when).isNotEqualTo(Anchor.Check.BROKEN);
  }

  /** One for each value there is. */
  private List<Anchor> anchors() throws IOException, InterruptedException {
    List<Anchor> anchors = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot(all())) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        if (entry instanceof MirrorEvent.Put put) {
          anchors.add(new Anchor(put.key(), put.index(), snapshot.head().index()));
        }
      }
    }
    assertThat(anchors).isNotEmpty();
    return anchors;
  }

  private void assertNoneBroken(List<Anchor> anchors, String when)
      throws IOException, InterruptedException {
    for (Anchor anchor : anchors) {
      assertThat(inspectable().check(anchor))
          .as("%s of index %d at %d: %s", anchor.key(), anchor.version(), anchor.at(), when)
          .isNotEqualTo(Anchor.Check.BROKEN);
    }
  }

  @Test
  void storedLinksCanBeAskedForWhereThereMayBeNone() throws Exception {
    assertThat(inspectable().storedLinks())
        .extracting(StoredLink::checkpoint)
        .allSatisfy(checkpoint -> assertThat(checkpoint.index()).isNotNegative());
  }
}
