package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The store writes notes beside the index and limits how often it does so. */
@Timeout(600)
@EtcdTest
class V2IndexNotesTest {

  private static final Instant WHEN = Instant.parse("2026-01-02T03:04:05Z");
  private static final String NUMBER = "/__replication/conftool";
  private static final String META = "/__replication/__meta__conftool";

  private static EtcdServer etcd;
  private static V2Http http;

  private V2IndexStore store;

  @BeforeAll
  static void start(EtcdServer server) {
    etcd = server;
    http = new V2Http(etcd.clientUrl());
  }

  @BeforeEach
  void open() {
    http.delete("/__replication", "recursive=true");
    store = another();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static V2IndexStore another() {
    return V2IndexStore.open(List.of(etcd.clientUrl().toString()), "/conftool");
  }

  private static Checkpoint loaded() throws Exception {
    try (V2IndexStore fresh = another()) {
      return fresh.load().orElseThrow();
    }
  }

  private static Checkpoint at(long index, Duration later, Map<String, String> notes) {
    return new Checkpoint(index, "c1", "s1", WHEN.plus(later), 0, notes);
  }

  /** Saves a checkpoint and returns how many writes that took. */
  private long writes(Checkpoint checkpoint) throws Exception {
    long before = http.index();
    store.save(checkpoint);
    return http.index() - before;
  }

  @Test
  void newAnchorIsWrittenAtMostEveryTenSeconds() throws Exception {
    store.save(at(1, Duration.ZERO, Map.of("anchor", "a1")));
    for (int i = 2; i <= 100; i++) {
      Checkpoint next = at(i, Duration.ofMillis(i * 99), Map.of("anchor", "a" + i));
      assertThat(writes(next)).isEqualTo(1);
    }
    assertThat(loaded()).isEqualTo(at(100, Duration.ZERO, Map.of("anchor", "a1")));
    Checkpoint due = at(101, Duration.ofSeconds(10), Map.of("anchor", "a101"));
    assertThat(writes(due)).isEqualTo(2);
    assertThat(loaded()).isEqualTo(due);
    assertThat(writes(at(102, Duration.ofSeconds(11), Map.of("anchor", "a102")))).isEqualTo(1);
  }

  @Test
  void saveTimeIsWrittenEveryTenSecondsAndAfterClockSetBack() throws Exception {
    store.save(at(1, Duration.ZERO, Map.of()));
    assertThat(writes(at(2, Duration.ofMillis(9_999), Map.of()))).isEqualTo(1);
    assertThat(loaded().savedAt()).isEqualTo(WHEN);
    assertThat(writes(at(3, Duration.ofMillis(10_000), Map.of()))).isEqualTo(2);
    assertThat(loaded().savedAt()).isEqualTo(WHEN.plusSeconds(10));
    assertThat(writes(at(4, Duration.ofHours(-1), Map.of()))).isEqualTo(2);
    assertThat(loaded().savedAt()).isEqualTo(WHEN.minus(Duration.ofHours(1)));
  }

  @Test
  void otherNotesAreWrittenAtOnceTogetherWithAnchor() throws Exception {
    store.save(at(1, Duration.ZERO, Map.of("anchor", "a1", "moved", "1")));
    Checkpoint next = at(2, Duration.ofSeconds(1), Map.of("anchor", "a2", "moved", "2"));
    assertThat(writes(next)).isEqualTo(2);
    assertThat(loaded()).isEqualTo(next);
    Checkpoint gone = at(3, Duration.ofSeconds(2), Map.of("anchor", "a3"));
    assertThat(writes(gone)).isEqualTo(2);
    assertThat(loaded()).isEqualTo(gone);
    Checkpoint bare = at(4, Duration.ofSeconds(3), Map.of());
    assertThat(writes(bare)).as("the anchor is removed").isEqualTo(2);
    assertThat(loaded()).isEqualTo(bare);
  }

  @Test
  void notesCanBeReadWithCurl() throws Exception {
    store.save(at(7, Duration.ZERO, Map.of("scope", "/a -> /b")));
    assertThat(http.get(META, "").json().at("/node/value").textValue())
        .startsWith("{\"clusterId\":\"c1\",\"scope\":\"s1\",\"savedAt\":\"2026-01-02T03:04:05Z\"")
        .endsWith(",\"notes\":{\"scope\":\"/a -> /b\"}}");
  }

  @Test
  void descriptionWithoutNotesIsRead() throws Exception {
    http.put(NUMBER, "7");
    http.put(
        META,
        "{\"clusterId\":\"c1\",\"scope\":\"s1\",\"savedAt\":\"2026-01-02T03:04:05Z\",\"owner\":\"x\"}");
    assertThat(loaded()).isEqualTo(at(7, Duration.ZERO, Map.of()));
    Checkpoint next = at(8, Duration.ZERO, Map.of("a", "b"));
    assertThat(writes(next)).isEqualTo(2);
    assertThat(loaded()).isEqualTo(next);
  }

  @Test
  void indexWithoutDescriptionHasUnknownSaveTime() throws Exception {
    http.put(NUMBER, "7");
    assertThat(loaded()).isEqualTo(new Checkpoint(7, null, null, Instant.EPOCH));
  }

  @Test
  void malformedNotesAreRefused() {
    http.put(NUMBER, "7");
    for (String notes : List.of("[]", "\"x\"", "{\"a\":1}", "{\"a\":{}}", "{\"a b\":\"c\"}")) {
      String meta = "{\"savedAt\":\"2026-01-02T03:04:05Z\",\"notes\":" + notes + "}";
      http.put(META, meta);
      assertThatThrownBy(V2IndexNotesTest::loaded)
          .as(notes)
          .isInstanceOf(PermanentException.class)
          .hasMessageContainingAll(META, notes);
    }
  }

  @Test
  void crashBetweenTheTwoWritesLeavesOldNotes() throws Exception {
    store.save(at(5, Duration.ZERO, Map.of("anchor", "a5", "other", "1")));
    try (V2IndexStore crashing = another()) {
      assertThat(crashing.load()).isPresent();
      // A foreign write fails the second write, which leaves the same state as a crash before it.
      http.put(META, http.get(META, "").json().at("/node/value").textValue());
      Checkpoint next = at(6, Duration.ZERO, Map.of("anchor", "a6", "other", "2"));
      assertThatThrownBy(() -> crashing.save(next)).isInstanceOf(FencedException.class);
    }
    assertThat(loaded()).isEqualTo(at(6, Duration.ZERO, Map.of("anchor", "a5", "other", "1")));
  }
}
