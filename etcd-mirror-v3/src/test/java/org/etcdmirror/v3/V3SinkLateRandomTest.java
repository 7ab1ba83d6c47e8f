package org.etcdmirror.v3;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.v3.LateProxy.Fate;
import org.etcdmirror.v3.LateProxy.Held;
import org.etcdmirror.v3.internal.read.SinkCheckpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Follows, resyncs and is killed at random, while answers are lost and requests are executed late.
 * After each step, and after all late requests are executed, the sink holds what was written last.
 */
@Tag("long")
@Timeout(600)
final class V3SinkLateRandomTest {

  private static final int STEPS = 150;
  private static final int KEYS = 12;
  private static final String PREFIX = "/r/";
  private static final String CHECKPOINT = "/__replication/random";
  private static final Map<String, String> COMPARING = Map.of("must-compare", "a resync");

  private final Map<String, String> model = new TreeMap<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private V3SinkServer server;
  private LateProxy proxy;
  private V3Sink sink;
  private Random random = new Random();
  private Random fates = new Random();
  private long index = 1;
  private int values;

  private static List<Long> seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? List.of(seed) : List.of(1L, System.nanoTime());
  }

  @BeforeEach
  void start() {
    server = V3SinkServer.start();
    proxy = new LateProxy(server.etcd.clientUrl());
    sink = open();
  }

  @AfterEach
  void stop() {
    sink.close();
    proxy.close();
    server.close();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void sinkHoldsLatestWritesDespiteLateRequests(long seed) throws Exception {
    System.out.println("V3SinkLateRandomTest -Dseed=" + seed);
    random = new Random(seed);
    fates = new Random(~seed);
    assertThat(sink.load()).isEmpty();
    proxy.rule(this::fate);
    persist(() -> sink.save(at(index)));
    for (int step = 0; step < STEPS; step++) {
      step();
      assertThat(contents()).as("seed %d, step %d", seed, step).isEqualTo(model);
      assertThat(stored().index()).as("seed %d, step %d", seed, step).isEqualTo(index);
      assertThat(failure.get()).isNull();
    }
    proxy.rule(method -> Fate.PASSED);
    proxy.release();
    assertThat(contents()).as("seed %d", seed).isEqualTo(model);
    assertThat(stored().index()).as("seed %d", seed).isEqualTo(index);
  }

  /** Called by the proxy for each request; sometimes an older one is executed first. */
  private synchronized Fate fate(String method) {
    Held late = fates.nextInt(4) == 0 ? proxy.poll() : null;
    if (late != null && fates.nextInt(3) == 0) {
      proxy.putBack(late);
    } else if (late != null) {
      try {
        proxy.execute(late);
      } catch (InterruptedException e) {
        failure.set(e);
      }
    }
    int chance = fates.nextInt(100);
    boolean writes = method.equals(LateProxy.TXN) || method.equals(LateProxy.GRANT);
    return !writes || chance < 70 ? Fate.PASSED : chance < 80 ? Fate.ANSWER_LOST : Fate.LATE;
  }

  private V3Sink open() {
    return OpenedV3Sink.at(proxy.url(), "random").build();
  }

  private Checkpoint at(long reached) {
    return new Checkpoint(reached, "c", "s", Instant.EPOCH);
  }

  private Checkpoint stored() throws Exception {
    return requireNonNull(
        SinkCheckpoint.parse(Bytes.utf8(CHECKPOINT), server.value(CHECKPOINT)).checkpoint());
  }

  private void step() throws Exception {
    int kind = random.nextInt(10);
    if (kind < 4) {
      follow();
    } else if (kind < 6) {
      resync();
    } else if (kind < 9) {
      copy();
    } else {
      succeed();
    }
  }

  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException, InterruptedException;
  }

  private static void persist(Attempt attempt) throws Exception {
    while (!done(attempt)) {
      // The next one may go through.
    }
  }

  private static boolean done(Attempt attempt) throws InterruptedException {
    try {
      attempt.run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Applies a batch and its checkpoint, repeatedly until it succeeds, also from a new process. */
  private void follow() throws Exception {
    List<MirrorEvent> events = new ArrayList<>();
    boolean inParts = random.nextInt(20) == 0;
    int many = 1 + random.nextInt(inParts ? KEYS : 4);
    for (int i = 0; i < many; i++) {
      events.add(change(inParts ? i : random.nextInt(KEYS), inParts ? 300_000 : 0));
    }
    index++;
    EventBatch batch = EventBatch.of(events, index, index);
    while (!done(() -> sink.apply(batch, at(index)))) {
      if (random.nextInt(4) == 0) {
        succeed();
        if (stored().index() == index) {
          return;
        }
      }
    }
  }

  private MirrorEvent change(int number, int size) {
    String key = PREFIX + number;
    if (random.nextInt(4) == 0) {
      model.remove(key);
      return new MirrorEvent.Delete(Bytes.utf8(key), index);
    }
    String value = ++values + "x".repeat(size);
    model.put(key, value);
    MirrorEvent.Put put = new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), index, null);
    if (random.nextInt(5) > 0) {
      return put;
    }
    Lease lease = new Lease(1 + random.nextInt(2), Duration.ofHours(1 + random.nextInt(2)));
    return put.withExpiry(Expiry.in(lease.ttl()), lease);
  }

  /** The killed process' requests stay where they are, and another one takes the link over. */
  private void succeed() throws Exception {
    sink.close();
    sink = open();
    AtomicReference<Optional<Checkpoint>> loaded = new AtomicReference<>(Optional.empty());
    persist(() -> loaded.set(takenOver()));
    assertThat(loaded.get())
        .hasValueSatisfying(found -> assertThat(found.index()).isBetween(index - 1, index));
  }

  /** As at the start of a run: saves what it loaded, unless a late write came in between. */
  private Optional<Checkpoint> takenOver() throws IOException, InterruptedException {
    Optional<Checkpoint> loaded = sink.load();
    try {
      if (loaded.isPresent()) {
        sink.save(loaded.get());
      }
      return loaded;
    } catch (FencedException e) {
      throw new IOException("a late write came first", e);
    }
  }

  /** The source has moved on unseen: writes the differences, starting over at times. */
  private void resync() throws Exception {
    do {
      for (int i = random.nextInt(4); i >= 0; i--) {
        change(random.nextInt(KEYS), 0);
      }
      persist(() -> sink.save(at(index).withNotes(COMPARING)));
    } while (!written(differences()));
    persist(() -> sink.save(at(index)));
  }

  /** Writes every key without reading the sink or marking the checkpoint first. */
  private void copy() throws Exception {
    List<MirrorEvent> all = new ArrayList<>();
    do {
      all.clear();
      for (int i = 0; i < KEYS; i++) {
        String value = model.get(PREFIX + i);
        Bytes key = Bytes.utf8(PREFIX + i);
        all.add(
            random.nextInt(2) == 0
                ? change(i, 0)
                : value == null
                    ? new MirrorEvent.Delete(key, index)
                    : new MirrorEvent.Put(key, Bytes.utf8(value), index, null));
      }
    } while (!written(all));
  }

  private boolean written(List<MirrorEvent> events) throws Exception {
    for (int from = 0; from < events.size(); from += 3) {
      List<MirrorEvent> part = events.subList(from, Math.min(from + 3, events.size()));
      EventBatch batch = EventBatch.of(part, index, index);
      while (!done(() -> sink.apply(batch))) {
        int then = random.nextInt(4);
        if (then == 0) {
          succeed();
        }
        if (then <= 2) {
          return false;
        }
      }
    }
    return true;
  }

  private List<MirrorEvent> differences() throws Exception {
    Map<String, String> found = contents();
    List<MirrorEvent> differences = new ArrayList<>();
    model.forEach((key, value) -> {
      if (!value.equals(found.remove(key))) {
        differences.add(new MirrorEvent.Put(Bytes.utf8(key), Bytes.utf8(value), index, null));
      }
    });
    found.keySet().forEach(key -> differences.add(new MirrorEvent.Delete(Bytes.utf8(key), index)));
    return differences;
  }

  private Map<String, String> contents() throws Exception {
    Map<String, String> contents = new TreeMap<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.utf8(PREFIX)))) {
      for (MirrorEvent.Entry next = snapshot.next(); next != null; next = snapshot.next()) {
        contents.put(next.key().utf8(), ((MirrorEvent.Put) next).value().utf8());
      }
    }
    return contents;
  }
}
