package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.core.PathEvents;
import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

public class CoalescerTest {

  private long index;

  private Put put(String key) {
    index++;
    return new Put(Bytes.utf8(key), Bytes.utf8("v" + index), index, null);
  }

  private Delete delete(String key) {
    return new Delete(Bytes.utf8(key), ++index);
  }

  private DeleteTree tree(String key) {
    return new DeleteTree(Bytes.utf8(key), ++index);
  }

  private static List<MirrorEvent> coalesce(List<MirrorEvent> events) {
    Bytes prefix = Bytes.utf8("/conf");
    return Coalescer.coalesce(events, key -> KeyModel.PATHS.covers(prefix, key));
  }

  @Test
  void directoryOfShortLivedKeyStays() {
    List<MirrorEvent> events =
        List.of(put("/conf/d/e/a"), delete("/conf/d/e/a"), put("/conf/x/y"), tree("/conf/x"));
    assertThat(coalesce(events))
        .containsExactly(
            MakeDirectory.implied(Bytes.utf8("/conf/d/e"), 1),
            events.get(1),
            MakeDirectory.implied(Bytes.utf8("/conf"), 3),
            events.get(3));
    assertThat(Coalescer.coalesce(events, key -> false))
        .containsExactly(events.get(1), events.get(3));
  }

  /** The positions of the remaining events differ from those of all events. */
  @Test
  void impliedDirectoryHasIndexOfKeyThatMadeIt() {
    List<MirrorEvent> events =
        List.of(
            delete("/conf/q"),
            delete("/conf/q"),
            refresh("/conf/r"),
            put("/conf/q"),
            refresh("/conf/q"),
            put("/conf/d/a"),
            delete("/conf/d/a"));
    assertThat(coalesce(events))
        .contains(MakeDirectory.implied(Bytes.utf8("/conf/d"), events.get(5).index()));
  }

  @Test
  void treeDeleteAtEarlierPlaceTakesIndexOfThatPlace() {
    List<MirrorEvent> events =
        List.of(
            refresh("/conf/r"),
            refresh("/conf/r"),
            delete("/conf/c/a"),
            put("/conf/z"),
            tree("/conf/c/a"));
    assertThat(coalesce(events))
        .containsExactly(
            events.get(1),
            new DeleteTree(Bytes.utf8("/conf/c/a"), events.get(2).index()),
            events.get(3));
  }

  @Test
  void expiringDirectoryKeepsExpiryDespiteShortLivedKey() {
    MakeDirectory expiring = new MakeDirectory(Bytes.utf8("/conf/d"), ++index, SOON);
    List<MirrorEvent> events = List.of(expiring, put("/conf/d/a"), delete("/conf/d/a"));
    assertThat(coalesce(events)).containsExactly(expiring, events.get(2));
  }

  @Test
  void directoryRecreatedForKeyHasNoExpiry() {
    List<MirrorEvent> events =
        List.of(tree("/conf/d"), put("/conf/d/a"), delete("/conf/d/a"), put("/conf/z"));
    assertThat(coalesce(events))
        .containsExactly(
            events.get(0),
            new MakeDirectory(Bytes.utf8("/conf/d"), 2, null),
            events.get(2),
            events.get(3));
  }

  @Test
  void lastEventOfEachKeyIsKept() {
    List<MirrorEvent> events = List.of(put("/a"), put("/b"), put("/a"), delete("/b"));
    assertThat(coalesce(events)).containsExactly(events.get(2), events.get(3));
  }

  @Test
  void treeDeleteReplacesEventsBelowItButNotSiblings() {
    List<MirrorEvent> events =
        List.of(put("/a/b"), put("/ab"), put("/a-b"), put("/a"), put("/a/c/d"), tree("/a"));
    assertThat(coalesce(events)).containsExactly(events.get(1), events.get(2), events.get(5));
  }

  @Test
  void treeDeleteStaysBeforeLaterEvents() {
    List<MirrorEvent> events = List.of(tree("/a"), put("/a"), put("/a"), delete("/a"), put("/a/b"));
    assertThat(coalesce(events)).containsExactly(events.get(0), events.get(3), events.get(4));
  }

  @Test
  void repeatedDeleteStaysBeforeDeleteOfItsDirectory() {
    List<MirrorEvent> events = List.of(delete("/a/b"), delete("/a"), delete("/a/b"));
    assertThat(coalesce(events)).containsExactly(events.get(0), events.get(1));
  }

  @Test
  void treeDeleteOfRootCoversEverything() {
    List<MirrorEvent> events = List.of(put("/a"), put("/b/c"), tree("/"), put("/d"));
    assertThat(coalesce(events)).containsExactly(events.get(2), events.get(3));
  }

  private static final Expiry SOON = new Expiry(1000);
  private static final Lease LEASE = new Lease(7, Duration.ofSeconds(60));

  private Refresh refresh(String key) {
    return new Refresh(Bytes.utf8(key), ++index, SOON, LEASE);
  }

  @Test
  void refreshIsMergedIntoEarlierPut() {
    Put put = put("/conf/a");
    List<MirrorEvent> events = List.of(put, refresh("/conf/a"));
    assertThat(coalesce(events)).containsExactly(put.withExpiry(SOON, LEASE));
  }

  @Test
  void refreshIsReplacedByLaterEvent() {
    List<MirrorEvent> events =
        List.of(refresh("/conf/a"), put("/conf/a"), refresh("/conf/b"), delete("/conf/b"));
    assertThat(coalesce(events)).containsExactly(events.get(1), events.get(3));
  }

  @Test
  void lastOfSeveralRefreshesIsKept() {
    List<MirrorEvent> events = List.of(refresh("/conf/a"), refresh("/conf/a"));
    assertThat(coalesce(events)).containsExactly(events.get(1));
  }

  @Test
  void refreshOfDeletedKeyIsDropped() {
    List<MirrorEvent> events =
        List.of(
            delete("/conf/a"),
            refresh("/conf/a"),
            tree("/conf/d"),
            refresh("/conf/d"),
            refresh("/conf/d/e/f"),
            put("/conf/d/x"),
            refresh("/conf/d/x"));
    assertThat(coalesce(events))
        .containsExactly(
            events.get(0), events.get(2), ((Put) events.get(5)).withExpiry(SOON, LEASE));
  }

  @Test
  void refreshCoveredByTreeDeleteLeavesNoDirectory() {
    List<MirrorEvent> events = List.of(refresh("/conf/d/a"), tree("/conf/d"));
    assertThat(coalesce(events)).containsExactly(events.get(1));
  }

  /** Found by the random test below: in the reduced order the directory was not empty. */
  @Test
  void earlierTreeDeleteStaysBeforeDeleteOfItsDirectory() {
    for (MirrorEvent first : List.of(delete("/conf/c/a"), tree("/conf/c/a"))) {
      List<MirrorEvent> events = List.of(first, delete("/conf/c"), tree("/conf/c/a"));
      assertThat(coalesce(events))
          .containsExactly(new DeleteTree(first.key(), first.index()), events.get(1));
    }
  }

  /** Found by the random test below: the directory above was deleted alone, and was not empty. */
  @Test
  void directoryThatStaysBehindInDeletedOneMakesItsDeleteOneOfTree() {
    MirrorEvent delete = delete("/conf/a");
    MirrorEvent came = put("/conf/a/b/c");
    assertThat(coalesce(List.of(delete("/conf/a/b"), delete, came, delete("/conf/a/b/c"))))
        .contains(new DeleteTree(delete.key(), delete.index()))
        .doesNotContain(delete);
  }

  @Test
  void directoryMadeAfterDeleteHasNoExpiry() {
    MirrorEvent delete = delete("/conf/c");
    MirrorEvent implied = MakeDirectory.implied(delete.key(), delete.index() + 1);
    assertThat(coalesce(List.of(delete, implied)))
        .containsExactly(new MakeDirectory(delete.key(), delete.index() + 1, null));
  }

  @Test
  void deletedDirectoryBecomesTreeDeleteIfKeyReturns() {
    MirrorEvent delete = delete("/conf/c");
    MirrorEvent again = put("/conf/c/a");
    assertThat(coalesce(List.of(delete("/conf/c/a"), delete, again)))
        .containsExactly(new DeleteTree(delete.key(), delete.index()), again);
  }

  @RepeatedTest(100)
  void coalescedEventsLeadToSameState() {
    long seed = new Random().nextLong();
    System.out.println("CoalescerTest seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 100; round++) {
      List<MirrorEvent> before = new PathEvents(random).withExpiries().some(random.nextInt(30));
      InMemorySink all = sink(before);
      InMemorySink reduced = sink(before);
      List<MirrorEvent> events =
          new PathEvents(random, all).withExpiries().some(random.nextInt(40));
      List<MirrorEvent> coalesced = coalesce(events);
      apply(all, events);
      apply(reduced, coalesced);
      assertThat(state(reduced))
          .as("seed %d round %d: %s", seed, round, events)
          .isEqualTo(state(all));
      apply(reduced, coalesced);
      assertThat(state(reduced)).as("again: seed %d round %d", seed, round).isEqualTo(state(all));
      assertThat(noKeyComesTwice(coalesced)).as("%s", coalesced).isTrue();
    }
  }

  private static InMemorySink sink(List<MirrorEvent> events) {
    InMemorySink sink = InMemorySink.paths();
    apply(sink, events);
    return sink;
  }

  private static void apply(InMemorySink sink, List<MirrorEvent> events) {
    sink.apply(EventBatch.of(events, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  public static List<String> state(InMemorySink sink) {
    return PathEvents.entries(sink).stream().map(CoalescerTest::show).toList();
  }

  private static String show(Entry entry) {
    Expiry expiresAt = entry.expiresAt();
    String until = expiresAt == null ? "" : " until " + expiresAt.nanos();
    return entry.key() + (entry instanceof Put put ? "=" + put.value() : "/") + until;
  }

  private static boolean noKeyComesTwice(List<MirrorEvent> events) {
    Set<Bytes> seen = new HashSet<>();
    for (MirrorEvent event : events) {
      if (event instanceof DeleteTree) {
        seen.removeIf(key -> KeyModel.PATHS.covers(event.key(), key));
      } else if (!seen.add(event.key())) {
        return false;
      }
    }
    return true;
  }

  @Test
  void theGeneratorMakesEachKindOfEvent() {
    List<Class<?>> kinds = new ArrayList<>();
    new PathEvents(new Random(1)).some(500).forEach(event -> kinds.add(event.getClass()));
    assertThat(kinds).contains(Put.class, Delete.class, DeleteTree.class, MakeDirectory.class);
  }
}
