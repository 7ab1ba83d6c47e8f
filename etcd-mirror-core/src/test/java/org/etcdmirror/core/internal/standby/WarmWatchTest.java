package org.etcdmirror.core.internal.standby;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.core.MirrorFixture.LIMIT_SECONDS;
import static org.etcdmirror.core.MirrorFixture.PATIENCE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.core.FakeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(LIMIT_SECONDS)
class WarmWatchTest {

  private static final Duration POLL = Duration.ofMillis(50);

  private final FakeSource source = new FakeSource(KeyModel.PATHS);
  private final WarmSource warm = new WarmSource(source);
  private final WarmWatch watch = warm.newWatch("test", Selection.of(Bytes.utf8("/conf")));
  private final Thread thread = new Thread(watch, "warm-watch-test");

  @BeforeEach
  void start() {
    thread.start();
  }

  @AfterEach
  void close() throws InterruptedException {
    watch.close();
    source.close();
    thread.join(PATIENCE.toMillis());
    assertThat(thread.isAlive()).isFalse();
  }

  private static void eventually(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
  }

  /** Waits until everything is in the buffer. */
  private void followed() {
    eventually(() -> watch.isWarm() && watch.seen() == source.index());
  }

  /** The keys and indexes that a stream brings up to the source's index. */
  private List<String> events(EventStream stream) throws Exception {
    List<String> events = new ArrayList<>();
    long seen = stream.startIndex();
    while (seen < source.index()) {
      EventBatch batch = stream.poll(POLL);
      assertThat(batch.index()).isGreaterThanOrEqualTo(seen);
      seen = batch.index();
      for (MirrorEvent event : batch.events()) {
        events.add(event.key() + "@" + event.index());
      }
    }
    return events;
  }

  @Test
  void takeoverNeedsNoHistory() throws Exception {
    long stored = source.put("/conf/a", "1");
    watch.stored(stored);
    long second = source.put("/conf/b", "2");
    source.foreignWrites(5000);
    followed();
    source.clearHistory();

    try (EventStream stream = requireNonNull(watch.takeOver(stored))) {
      assertThat(stream.startIndex()).isEqualTo(stored);
      assertThat(events(stream)).containsExactly("/conf/b@" + second);
      long third = source.put("/conf/c", "3");
      assertThat(events(stream)).containsExactly("/conf/c@" + third);
    }
  }

  @Test
  void takeoverBringsNothingThatTheLeaderHasStored() throws Exception {
    watch.stored(source.index());
    source.put("/conf/a", "1");
    long stored = source.put("/conf/b", "2");
    long later = source.put("/conf/c", "3");
    followed();

    try (EventStream stream = requireNonNull(watch.takeOver(stored))) {
      assertThat(events(stream)).containsExactly("/conf/c@" + later);
    }
  }

  private List<MirrorEvent> refreshes(EventStream stream) throws Exception {
    List<MirrorEvent> refreshes = new ArrayList<>();
    eventually(() -> {
      EventBatch batch = stream.poll(POLL);
      refreshes.addAll(
          batch.events().stream().filter(MirrorEvent.Refresh.class::isInstance).toList());
      return !refreshes.isEmpty();
    });
    return refreshes;
  }

  /** A keep-alive moves no index. */
  @Test
  void refreshAtTheStoredIndexIsDelivered() throws Exception {
    long stored = source.put("/conf/a", "1");
    watch.stored(stored);
    followed();

    try (EventStream stream = requireNonNull(watch.takeOver(stored))) {
      Expiry later = Expiry.in(Duration.ofHours(1));
      source.prolong("/conf/a", later);
      assertThat(refreshes(stream))
          .containsExactly(new MirrorEvent.Refresh(Bytes.utf8("/conf/a"), stored, later, null));
    }
  }

  /** The stored index does not say that the leader has written it. */
  @Test
  void refreshBeforeTheStoredIndexIsDeliveredUnlessItsKeyHasChanged() throws Exception {
    watch.stored(source.put("/conf/a", "1"));
    source.put("/conf/b", "1");
    source.put("/conf/c/d", "1");
    followed();
    Expiry later = Expiry.in(Duration.ofHours(1));
    source.prolong("/conf/a", Expiry.in(Duration.ofMinutes(1)));
    source.prolong("/conf/a", later);
    source.prolong("/conf/b", later);
    source.prolong("/conf/c/d", later);
    source.foreignWrites(1);
    followed();
    source.delete("/conf/b");
    source.deleteTree("/conf/c");
    long stored = source.put("/conf/e", "1");
    followed();
    watch.stored(stored);

    try (EventStream stream = requireNonNull(watch.takeOver(stored))) {
      source.put("/conf/f", "1");
      assertThat(refreshes(stream))
          .containsExactly(new MirrorEvent.Refresh(Bytes.utf8("/conf/a"), stored, later, null));
    }
  }

  @Test
  void takeoverBehindTheBufferIsRefused() throws Exception {
    long stored = source.put("/conf/a", "1");
    watch.stored(stored);
    followed();

    assertThat(watch.takeOver(stored - 1)).isNull();
    assertThat(watch.isWarm()).isFalse();
  }

  @Test
  void lostHistoryIsFollowedAgainFromALaterStoredIndex() throws Exception {
    long old = source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    source.clearHistory();
    watch.stored(old);
    long now = source.index();
    watch.stored(now);

    followed();
    long later = source.put("/conf/c", "3");
    try (EventStream stream = requireNonNull(watch.takeOver(now))) {
      assertThat(events(stream)).containsExactly("/conf/c@" + later);
    }
  }

  @Test
  void lostHistoryIsFollowedAgainFromTheSmallerIndexOfANewCluster() throws Exception {
    source.foreignWrites(100);
    long old = source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    source.clearHistory();
    watch.stored(old);
    eventually(() -> thread.getState() == Thread.State.WAITING);

    source.replaceCluster("new", 5);
    watch.stored(5);
    followed();
  }

  @Test
  void sourceThatWasReplacedIsAskedWhereItIsBeforeItIsFollowedAgain() {
    source.foreignWrites(100);
    watch.stored(source.index());
    followed();
    source.replaceCluster("new", 5);
    eventually(() -> watch.seen() == source.index());
    watch.stored(5);
    followed();
  }

  @Test
  void storedIndexThatGoesBackIsFollowedFromThere() throws Exception {
    long first = source.put("/conf/a", "1");
    long second = source.put("/conf/b", "2");
    watch.stored(second);
    followed();
    watch.stored(first);
    followed();

    try (EventStream stream = requireNonNull(watch.takeOver(first))) {
      assertThat(events(stream)).containsExactly("/conf/b@" + second);
    }
  }

  @Test
  void leadersSourceGoesOnWithTheWarmStreamOnce() throws Exception {
    long stored = source.put("/conf/a", "1");
    watch.stored(stored);
    long second = source.put("/conf/b", "2");
    followed();
    source.clearHistory();
    warm.leads(watch);

    try (EventStream stream = warm.open(Selection.of(Bytes.utf8("/conf")), Start.after(stored))) {
      assertThat(events(stream)).containsExactly("/conf/b@" + second);
    }
    warm.close();
    assertThat(source.isClosed()).isFalse();
  }
}
