package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.live.LiveChange;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveUpdate;
import org.etcdmirror.core.live.LiveView;
import org.junit.jupiter.api.Test;

/**
 * Random revisions of several keys, random faults and lost history, while other threads read: each
 * view is exactly what the source held at the view's index.
 */
class LiveMapConsistencyTest extends LiveMapFixture {

  private static final int REVISIONS = 3000;
  private static final int KEYS = 12;

  /** Fewer than the times in a row after which a mirror gives a reading up. */
  private static final int MOST_CLEARED = 3;

  /** What the source held from each index on. */
  private final ConcurrentSkipListMap<Long, Map<String, String>> past =
      new ConcurrentSkipListMap<>(Map.of(0L, Map.of()));

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong looked = new AtomicLong();
  private int cleared;

  @Test
  void eachViewIsAStateOfTheSource() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("LiveMapConsistencyTest seed " + seed);
    Random random = new Random(seed);
    LiveMap<String> map = started(builder -> builder);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Thread reader = new Thread(() -> read(map));
      reader.start();
      readers.add(reader);
    }
    Map<String, String> state = new TreeMap<>();
    for (int i = 0; i < REVISIONS; i++) {
      commit(random, i, state);
      fault(random);
      if (i % 100 == 0) {
        source.faults.healAll();
        await(map, source.index());
        cleared = 0;
      }
    }
    source.faults.healAll();
    await(map, source.index());
    over.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
    assertThat(text(map.view())).as("seed %d", seed).isEqualTo(state);
    assertThat(looked).hasPositiveValue();
    assertThat(map.mirror().status().counters().resyncs()).isGreaterThan(1);
    map.close();
    assertUpdatesFollowEachOther(seed);
  }

  /** One revision of up to three keys. */
  private void commit(Random random, int number, Map<String, String> state) {
    synchronized (source) {
      long index = source.index() + 1;
      Map<String, MirrorEvent> events = new HashMap<>();
      for (int i = random.nextInt(3); i >= 0; i--) {
        String key = "/conf/" + random.nextInt(KEYS);
        if (random.nextInt(4) == 0) {
          events.put(key, new MirrorEvent.Delete(Bytes.utf8(key), index));
          state.remove(key);
        } else {
          Bytes value = Bytes.utf8("" + number);
          events.put(key, new MirrorEvent.Put(Bytes.utf8(key), value, index, null));
          state.put(key, "" + number);
        }
      }
      past.put(index, Map.copyOf(state));
      events.values().forEach(source::happened);
    }
  }

  private void fault(Random random) {
    switch (random.nextInt(60)) {
      case 0 -> source.breakStreams();
      case 1 -> source.faults.failRandomly(new Random(random.nextLong()), 0.3);
      case 2 -> source.faults.healAll();
      case 3 -> source.foreignWrites(1 + random.nextInt(5));
      case 4 -> clearHistory();
      default -> {}
    }
  }

  private void clearHistory() {
    if (cleared++ < MOST_CLEARED) {
      source.breakStreams();
      source.clearHistory();
    }
  }

  private void read(LiveMap<String> map) {
    long last = 0;
    while (!over.get()) {
      LiveView<String> view = map.view();
      check(view);
      if (view.index() < last) {
        wrong.add("index went back from %d to %d".formatted(last, view.index()));
      }
      last = view.index();
      looked.incrementAndGet();
    }
  }

  private void check(LiveView<String> view) {
    Map<String, String> held = past.floorEntry(view.index()).getValue();
    Map<String, String> seen = text(view);
    if (!seen.equals(held) && wrong.size() < 5) {
      wrong.add("at %d: %s, but the source held %s".formatted(view.index(), seen, held));
    }
  }

  private void assertUpdatesFollowEachOther(long seed) {
    Map<Bytes, String> known = new HashMap<>();
    for (LiveUpdate<String> update : updates) {
      assertThat(update.before().entries()).as("seed %d", seed).isEqualTo(known);
      for (LiveChange<String> change : update.changes()) {
        assertThat(change.before()).isEqualTo(known.get(change.key()));
        assertThat(change.after()).isNotEqualTo(change.before());
        if (change.after() == null) {
          known.remove(change.key());
        } else {
          known.put(change.key(), change.after());
        }
      }
      assertThat(update.after().entries()).as("seed %d", seed).isEqualTo(known);
      check(update.after());
    }
    assertThat(wrong).as("seed %d", seed).isEmpty();
  }
}
