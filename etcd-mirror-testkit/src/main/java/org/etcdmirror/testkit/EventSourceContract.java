package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Contract of each {@link org.etcdmirror.api.EventSource}. */
@Timeout(600)
public abstract class EventSourceContract extends OwnKeysContract {

  /** For subclasses. */
  protected EventSourceContract() {}

  @Test
  void headGrowsWithEachWrite() throws Exception {
    SourceHead before = source.head(all());
    long written = write("/a", "1");
    SourceHead after = source.head(all());
    assertThat(written).isGreaterThan(before.index());
    assertThat(after.index()).isGreaterThanOrEqualTo(written);
    assertThat(after.clusterId()).isEqualTo(before.clusterId()).isNotBlank();
  }

  @Test
  void snapshotOfNothingIsEmpty() throws Exception {
    assertThat(snapshot(all())).isEmpty();
  }

  @Test
  void snapshotHoldsWhatWasWrittenInOrder() throws Exception {
    for (String name :
        List.of("b", "a/b", "a/a", "a-b", "a.c", "a0", "é", "鍵", "😀", "B", "gone")) {
      write("/" + name, name);
    }
    remove("/gone");
    write("/b", "changed");
    List<MirrorEvent.Entry> found = snapshot(all());
    assertThat(found.stream().map(MirrorEvent::key)).isSorted().doesNotHaveDuplicates();
    assertThat(puts(found))
        .containsExactly(
            "/B=B",
            "/a-b=a-b",
            "/a.c=a.c",
            "/a/a=a/a",
            "/a/b=a/b",
            "/a0=a0",
            "/b=changed",
            "/é=é",
            "/鍵=鍵",
            "/😀=😀");
  }

  /** A source that does not count its entries has nothing to show here. */
  @Test
  void snapshotExpectsAsManyEntriesAsItHas() throws Exception {
    write("/a/1", "1");
    write("/a/2", "2");
    write("/b", "3");
    try (var snapshot = source.snapshot(all())) {
      long read = 0;
      while (snapshot.next() != null) {
        read++;
      }
      assertThat(snapshot.expectedEntries().orElse(read)).isEqualTo(read);
    }
  }

  @Test
  void snapshotSaysAtWhichIndexItIs() throws Exception {
    long first = write("/a", "1");
    long last = write("/b", "2");
    try (var snapshot = source.snapshot(all())) {
      assertThat(snapshot.head().index()).isGreaterThanOrEqualTo(last);
      assertThat(snapshot.head().clusterId()).isEqualTo(source.head(all()).clusterId());
    }
    assertThat(snapshot(all()))
        .filteredOn(MirrorEvent.Put.class::isInstance)
        .extracting(MirrorEvent::index)
        .containsExactly(first, last);
  }

  /** A source whose snapshots are not renewable has nothing to show here. */
  @Test
  void aRenewedSnapshotGoesOnBehindTheLastEntryAtANewerIndex() throws Exception {
    write("/x/1", "1");
    write("/x/2", "2");
    write("/x/3", "3");
    write("/b/4", "4");
    try (var snapshot = source.snapshot(select("/x", "/b"))) {
      if (snapshot.isRenewable()) {
        long before = snapshot.head().index();
        assertThat(puts(List.of(snapshot.next()))).containsExactly("/x/1=1");
        write("/x/1", "behind");
        write("/x/3", "ahead");
        long newer = write("/b/5", "new");
        snapshot.renew();
        assertThat(before).isLessThan(newer);
        assertThat(snapshot.head().index()).isGreaterThanOrEqualTo(newer);
        List<MirrorEvent> rest = new ArrayList<>();
        for (MirrorEvent next = snapshot.next(); next != null; next = snapshot.next()) {
          rest.add(next);
        }
        assertThat(puts(rest)).containsExactly("/x/2=2", "/x/3=ahead", "/b/4=4", "/b/5=new");
        assertThat(snapshot.expectedEntries().orElse(1 + rest.size())).isEqualTo(1 + rest.size());
      }
    }
  }

  @Test
  void snapshotKeepsToTheSelection() throws Exception {
    write("/x/1", "1");
    write("/b/2", "2");
    write("/bc", "3");
    write("/c", "4");
    List<String> expected = new ArrayList<>(List.of("/x/1=1", "/b/2=2"));
    if (source.keyModel().covers(key("/b"), key("/bc"))) {
      expected.add("/bc=3");
    }
    assertThat(puts(snapshot(select("/x", "/b")))).containsExactlyElementsOf(expected);
  }

  @Test
  void oddKeysAndValuesArriveAsTheyAre() throws Exception {
    try (EventStream stream = source.open(all(), Start.now())) {
      List<String> expected = new ArrayList<>();
      for (String odd : ContractKeys.ODD) {
        write("/" + odd + "/" + odd, odd);
        expected.add("/" + odd + "/" + odd + "=" + odd);
      }
      long last = write("/empty", "");
      expected.add("/empty=");
      assertThat(puts(collect(stream, last))).containsExactlyElementsOf(expected);
      assertThat(puts(snapshot(all()))).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void aStreamFromNowDeliversWhatHappensInOrder() throws Exception {
    write("/before", "0");
    try (EventStream stream = source.open(all(), Start.now())) {
      long a = write("/a", "1");
      long b = write("/b/c", "2");
      long again = write("/a", "3");
      long gone = remove("/b/c");
      long back = write("/b/c", "4");
      assertThat(stream.startIndex()).isLessThan(a);
      assertThat(collect(stream, back))
          .containsExactly(
              put("/a", "1", a),
              put("/b/c", "2", b),
              put("/a", "3", again),
              new MirrorEvent.Delete(key("/b/c"), gone),
              put("/b/c", "4", back));
    }
  }

  @Test
  void aStreamKeepsToTheSelection() throws Exception {
    try (EventStream stream = source.open(select("/x", "/b"), Start.now())) {
      write("/c", "1");
      write("/x/1", "2");
      write("/a", "3");
      write("/b/2", "4");
      long last = write("/x/3", "5");
      assertThat(puts(collect(stream, last))).containsExactly("/x/1=2", "/b/2=4", "/x/3=5");
    }
  }

  @Test
  void aStreamAfterAnIndexDeliversWhatCameAfterIt() throws Exception {
    write("/a", "1");
    long known = write("/b", "2");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      write("/n/" + i % 3, Integer.toString(i));
      expected.add("/n/" + i % 3 + "=" + i);
    }
    long gone = remove("/a");
    try (EventStream stream = source.open(all(), Start.after(known))) {
      assertThat(stream.startIndex()).isEqualTo(known);
      List<MirrorEvent> found = collect(stream, gone);
      assertThat(puts(found)).containsExactlyElementsOf(expected);
      assertThat(found.get(found.size() - 1)).isEqualTo(new MirrorEvent.Delete(key("/a"), gone));
      long live = write("/live", "x");
      assertThat(collect(stream, live)).containsExactly(put("/live", "x", live));
    }
  }

  @Test
  void aStreamContinuesWhereAnotherEnded() throws Exception {
    long reached;
    try (EventStream stream = source.open(all(), Start.now())) {
      long first = write("/a", "1");
      assertThat(collect(stream, first)).containsExactly(put("/a", "1", first));
      reached = first;
    }
    long second = write("/a", "2");
    try (EventStream stream = source.open(all(), Start.after(reached))) {
      assertThat(collect(stream, second)).containsExactly(put("/a", "2", second));
    }
  }

  @Test
  void streamsDoNotDisturbEachOther() throws Exception {
    try (EventStream one = source.open(all(), Start.now());
        EventStream other = source.open(select("/a"), Start.now())) {
      long a = write("/a", "1");
      long b = write("/b", "2");
      assertThat(collect(one, b)).containsExactly(put("/a", "1", a), put("/b", "2", b));
      assertThat(collect(other, a)).containsExactly(put("/a", "1", a));
    }
  }

  @Test
  void aPollWithoutEventsEndsAndRepeatsTheIndex() throws Exception {
    try (EventStream stream = source.open(all(), Start.now())) {
      EventBatch first = stream.poll(Duration.ofMillis(20));
      EventBatch second = stream.poll(Duration.ofMillis(20));
      assertThat(first.events()).isEmpty();
      assertThat(first.index()).isGreaterThanOrEqualTo(stream.startIndex());
      assertThat(second.events()).isEmpty();
      assertThat(second.index()).isGreaterThanOrEqualTo(first.index());
    }
  }

  @Test
  void theIndexOfAQuietSelectionMovesOn() throws Exception {
    try (EventStream stream = source.open(select("/quiet"), Start.now())) {
      long elsewhere = write("/busy", "1");
      assertThat(collect(stream, elsewhere)).isEmpty();
    }
  }

  @Test
  void closingWakesAWaitingPoll() throws Exception {
    EventStream stream = source.open(all(), Start.now());
    FutureTask<EventBatch> poll = pollInBackground(stream);
    stream.close();
    assertEnds(poll);
    stream.close();
  }

  @Test
  void closingTheSourceEndsItsStreams() throws Exception {
    FutureTask<EventBatch> poll = pollInBackground(source.open(all(), Start.now()));
    source.close();
    assertEnds(poll);
    source.close();
  }

  @Test
  void interruptingAPollEndsIt() throws Exception {
    try (EventStream stream = source.open(all(), Start.now())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> stream.poll(Duration.ofHours(1)))
          .isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  /** A poll that waits for an hour, and has had time to begin. */
  private FutureTask<EventBatch> pollInBackground(EventStream stream)
      throws IOException, InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    FutureTask<EventBatch> poll =
        new FutureTask<>(() -> {
          running.countDown();
          while (true) {
            EventBatch batch = stream.poll(Duration.ofHours(1));
            if (!batch.events().isEmpty()) {
              return batch;
            }
          }
        });
    Thread thread = new Thread(poll, "contract-poll");
    thread.setDaemon(true);
    thread.start();
    running.await();
    source.head(all());
    return poll;
  }

  private static void assertEnds(FutureTask<EventBatch> poll) {
    assertThatThrownBy(() -> poll.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IOException.class);
  }
}
