package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorFailedException;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.testkit.etcd.V2Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mirror that was stopped or killed at any point continues without loss. */
@Tag("long")
@Timeout(600)
class RestartTest {

  private Mirroring pair;

  @BeforeEach
  void startServers() {
    pair = Mirroring.start();
  }

  @AfterEach
  void stopServers() {
    pair.close();
  }

  /** A store that fails before it saves a given index, whose data is durable by then. */
  private static final class DyingStore implements IndexStore {

    private final IndexStore store;
    private final AtomicLong diesAt;

    @Override
    public Place place() {
      return store.place();
    }

    DyingStore(IndexStore store, AtomicLong diesAt) {
      this.store = store;
      this.diesAt = diesAt;
    }

    @Override
    public Optional<Checkpoint> load() throws IOException, InterruptedException {
      return store.load();
    }

    @Override
    public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
      if (checkpoint.index() >= diesAt.get()) {
        throw new IllegalStateException("killed before the index was stored");
      }
      store.save(checkpoint);
    }

    @Override
    public void close() {
      store.close();
    }
  }

  @Test
  void mirrorKilledBetweenDataAndIndexReappliesEvents() throws Exception {
    pair.source.put("/conf/a", "1");
    AtomicLong diesAt = new AtomicLong(Long.MAX_VALUE);
    List<String> endpoints = List.of(pair.sinkEtcd.clientUrl().toString());
    try (EtcdMirror mirror =
        pair.started(
            b -> b.indexStore(new DyingStore(V2IndexStore.open(endpoints, "/conf"), diesAt)))) {
      diesAt.set(pair.source.index() + 1);
      pair.source.put("/conf/a", "2");
      pair.source.put("/conf/b", "3");
      Mirroring.eventually(
          "failed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED));
    }
    assertThat(pair.sink.get("/conf/a", "").json().path("node").path("value").asText())
        .as("the data was durable before the index was saved")
        .isEqualTo("2");
    assertThat(pair.storedIndex()).isLessThan(pair.source.index());
    pair.source.delete("/conf/b", "");
    try (EtcdMirror mirror = pair.started()) {
      pair.assertEqual();
      assertThat(mirror.status().counters().gaps()).isZero();
      assertThat(mirror.status().counters().eventsApplied()).isGreaterThanOrEqualTo(3);
    }
  }

  @Test
  void randomStopsUnderLoadEndEqualAndIndexIsNeverAhead() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    AtomicBoolean enough = new AtomicBoolean();
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      long writerSeed = random.nextLong();
      Future<?> writing = writer.submit(() -> write(writerSeed, enough));
      for (int i = 0; i < 10; i++) {
        AtomicLong diesAt = new AtomicLong(Long.MAX_VALUE);
        List<String> endpoints = List.of(pair.sinkEtcd.clientUrl().toString());
        EtcdMirror mirror =
            pair.mirror(
                b -> b.indexStore(new DyingStore(V2IndexStore.open(endpoints, "/conf"), diesAt)));
        mirror.start();
        mirror.await(pair.source.index() + random.nextInt(60), PATIENCE);
        diesAt.set(random.nextBoolean() ? 0 : Long.MAX_VALUE);
        mirror.close();
        assertThat(pair.storedIndex()).isLessThanOrEqualTo(pair.source.index());
      }
      enough.set(true);
      writing.get();
    } finally {
      writer.shutdownNow();
    }
    try (EtcdMirror mirror = pair.started()) {
      pair.assertEqual();
      assertThat(mirror.status().counters().resyncs()).isZero();
    }
  }

  private void write(long seed, AtomicBoolean enough) {
    Random random = new Random(seed);
    V2Http http = new V2Http(pair.sourceEtcd.clientUrl());
    while (!enough.get()) {
      String key = "/conf/" + random.nextInt(5) + "/" + random.nextInt(20);
      switch (random.nextInt(6)) {
        case 0 -> http.delete(key, "");
        case 1 -> http.delete("/conf/" + random.nextInt(5), "recursive=true");
        default -> http.put(key, "v" + random.nextInt(1000));
      }
    }
  }

  @Test
  void secondMirrorOnSameLinkIsDetectedAndOneStops() {
    pair.source.put("/conf/a", "1");
    try (EtcdMirror first = pair.started();
        EtcdMirror second = pair.started()) {
      Mirroring.eventually(
          "fenced",
          () -> {
            pair.source.put("/conf/a", "x" + System.nanoTime());
            assertThat(List.of(first.status().state(), second.status().state()))
                .contains(MirrorState.FAILED);
          });
      EtcdMirror stopped = first.status().state() == MirrorState.FAILED ? first : second;
      assertThat(stopped.status().lastError()).contains("/__replication/conf");
      Mirroring.eventually("the other goes on", () -> pair.assertEqual());
    }
  }

  @Test
  void manualEditOfIndexFailsMirrorWithClearError() {
    pair.source.put("/conf/a", "1");
    try (EtcdMirror mirror = pair.mirror()) {
      mirror.start();
      pair.awaitLevel(mirror);
      pair.sink.put("/__replication/conf", "1");
      pair.source.put("/conf/a", "2");
      Mirroring.eventually(
          "failed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED));
      assertThat(mirror.status().lastError()).contains("/__replication/conf").contains("'1'");
    }
  }

  @Test
  void indexOfPreviousProgramIsAdopted() {
    long index = pair.source.put("/conf/a", "1").etcdIndex();
    pair.sink.put("/conf/a", "1");
    pair.sink.put("/__replication/conf", String.valueOf(index));
    pair.source.put("/conf/b", "2");
    try (EtcdMirror mirror = pair.started()) {
      pair.assertEqual();
      assertThat(mirror.status().counters().gaps()).isZero();
      assertThat(mirror.status().counters().eventsApplied()).isEqualTo(1);
    }
    assertThat(pair.storedIndex()).isGreaterThan(index);
  }

  @Test
  void malformedIndexFailsMirrorAndIsNotTreatedAsEmpty() {
    pair.source.put("/conf/a", "1");
    pair.sink.put("/__replication/conf", "garbage");
    try (EtcdMirror mirror = pair.mirror()) {
      assertThatThrownBy(mirror::run)
          .isInstanceOf(MirrorFailedException.class)
          .hasMessageContaining("garbage");
    }
    assertThat(pair.sink.tree("/conf")).isEmpty();
  }
}
