package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.delete;
import static org.etcdmirror.v3.V3SinkServer.put;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.testkit.etcd.V3Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
final class V3SinkLimitsTest {

  private static final String CHECKPOINT = "/__replication/test";

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "c", "s", Instant.EPOCH);
  }

  private static List<MirrorEvent.Put> puts(String prefix, int count, int size) {
    List<MirrorEvent.Put> puts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      puts.add(put(prefix + i, "x".repeat(size)));
    }
    return puts;
  }

  @Test
  void batchIsOneRevisionForAnyNumberOfEvents() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink = server.sink("test").build()) {
      for (int count : new int[] {127, 128, 129, 4_032, 4_033, 10_000}) {
        String prefix = "/n" + count + "/";
        apply(sink, batch(puts(prefix, count, 1)), at(count));
        assertThat(server.count(prefix)).isEqualTo(count);
        assertThat(server.revisions(prefix))
            .as("%d events", count)
            .containsExactly(server.get(CHECKPOINT).getModRevision());
      }
      assertThat(sink.load()).contains(at(10_000));
    }
  }

  @Test
  void deleteOfTenThousandKeysIsSeenAtomically() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink = server.sink("test").build()) {
      List<MirrorEvent> deletes = new ArrayList<>();
      List<MirrorEvent.Put> puts = puts("/many/", 10_000, 1);
      puts.forEach(put -> deletes.add(new MirrorEvent.Delete(put.key(), 8)));
      apply(sink, batch(puts));
      Set<Long> seen = ConcurrentHashMap.newKeySet();
      AtomicBoolean stop = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread reader =
          new Thread(() -> {
            while (!stop.get() && failure.get() == null) {
              try {
                seen.add(server.count("/many/"));
              } catch (Exception e) {
                failure.set(e);
              }
            }
          });
      reader.start();
      try {
        await().atMost(PATIENCE).until(() -> seen.contains(10_000L));
        apply(sink, batch(deletes), at(1_000));
        await().atMost(PATIENCE).until(() -> seen.contains(0L));
      } finally {
        stop.set(true);
        reader.join();
      }
      assertThat(failure.get()).isNull();
      assertThat(seen).containsExactlyInAnyOrder(10_000L, 0L);
    }
  }

  @Test
  void sinkAdaptsToLowerOperationLimitOfServer() throws Exception {
    try (V3SinkServer server = V3SinkServer.start("--max-txn-ops=16");
        V3Sink sink = server.sink("test").build()) {
      long before = sink.maxAtomicBytes();
      apply(sink, batch(puts("/a/", 200, 1)), at(1));
      assertThat(server.revisions("/a/")).hasSize(1);
      assertThat(sink.maxAtomicBytes()).isLessThan(before);
      apply(sink, batch(puts("/plain/", 500, 1)));
      apply(sink, batch(puts("/b/", 500, 1)), at(2));
      assertThat(server.count("/plain/")).isEqualTo(500);
      assertThat(server.count("/b/")).isEqualTo(500);
      assertThat(sink.load()).contains(at(2));
    }
  }

  @Test
  void oversizedBatchIsSplitAndIndexMovesWithLastPart() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink = server.sink("test").build()) {
      apply(sink, batch(put("/first", "1")), at(500));
      long first = server.get(CHECKPOINT).getModRevision();
      apply(sink, batch(puts("/large/", 40, 100_000)), at(1_000));
      assertThat(server.count("/large/")).isEqualTo(40);
      long revision = first + 1;
      while (server.valueAt(CHECKPOINT, revision).startsWith("index=500\n")) {
        assertThat(server.valueAt(CHECKPOINT, revision)).contains("applying=1000\n");
        revision++;
      }
      assertThat(revision).isGreaterThan(first + 1);
      assertThat(server.valueAt(CHECKPOINT, revision))
          .startsWith("index=1000\n")
          .doesNotContain("applying");
      assertThat(sink.load()).contains(at(1_000));
    }
  }

  @Test
  void sinkAdaptsToLowerRequestSizeLimitOfServer() throws Exception {
    try (V3SinkServer server = V3SinkServer.start("--max-request-bytes=65536");
        V3Sink sink = server.sink("test").build()) {
      apply(sink, batch(puts("/a/", 130, 10_000)), at(1));
      assertThat(server.count("/a/")).isEqualTo(130);
      assertThat(sink.maxAtomicBytes()).isLessThan(65_536);

      List<MirrorEvent.Put> fitting = puts("/b/", (int) (sink.maxAtomicBytes() / 1_100), 1_000);
      assertThat(batch(fitting).bytes()).isBetween(1L, sink.maxAtomicBytes());
      apply(sink, batch(fitting), at(2));
      assertThat(server.revisions("/b/")).hasSize(1);
      apply(sink, batch(puts("/c/", 130, 10_000)));
      assertThat(server.count("/c/")).isEqualTo(130);

      MirrorEvent tooLarge = put("/too-large", "x".repeat(100_000));
      assertThatThrownBy(() -> apply(sink, batch(tooLarge), at(3)))
          .isInstanceOf(UnsupportedEntryException.class)
          .hasMessageContaining("'/too-large' (the value is too large: 100000 bytes")
          .hasMessageContaining("--max-request-bytes")
          .hasMessageMatching(".*");
      assertThat(sink.load().orElseThrow().index()).isEqualTo(2);
    }
  }

  @Test
  void valueAboveDefaultServerLimitIsNamedInError() throws Exception {
    try (V3SinkServer server = V3SinkServer.start();
        V3Sink sink = server.sink("test").build()) {
      for (int size : new int[] {1_600_000, 4_000_000}) {
        MirrorEvent tooLarge = put("/too-large", "x".repeat(size));
        assertThatThrownBy(() -> apply(sink, batch(put("/a", "1"), tooLarge)))
            .isInstanceOf(UnsupportedEntryException.class)
            .hasMessageContaining("'/too-large' (the value is too large: %d bytes".formatted(size))
            .hasMessageContaining("default 1572864");
      }
    }
  }

  @Test
  void sinkContinuesOnceDatabaseHasSpaceAgain() throws Exception {
    try (V3SinkServer server = V3SinkServer.start("--quota-backend-bytes=6000000");
        V3Sink sink = server.sink("test").build()) {
      Throwable failure = null;
      int applied = 0;
      while (failure == null && applied < 1_000) {
        int next = applied + 1;
        failure =
            catchThrowable(
                () -> apply(sink, batch(put("/fill/" + next, "x".repeat(500_000))), at(next)));
        applied += failure == null ? 1 : 0;
      }
      assertThat(failure).isInstanceOf(IOException.class).hasMessageContaining("NOSPACE");
      // The write that fills the database is applied, although it is answered with an error.
      assertThat(sink.load()).get().isIn(at(applied), at(applied + 1));

      apply(sink, batch(delete("/nothing-to-write")));
      server.post("/v3/kv/deleterange", "{\"key\":\"L2ZpbGwv\",\"range_end\":\"L2ZpbGww\"}");
      long revision = new V3Http(server.etcd.clientUrl()).revision();
      server.post(
          "/v3/kv/compaction", "{\"revision\":\"%d\",\"physical\":true}".formatted(revision));
      server.post("/v3/maintenance/defragment", "{}");
      disarm(server);
      apply(sink, batch(put("/after", "1")), at(5_000));
      assertThat(sink.load()).contains(at(5_000));
    }
  }

  private static void disarm(V3SinkServer server) throws Exception {
    String alarms = server.post("/v3/maintenance/alarm", "{\"action\":\"GET\"}");
    Matcher member = Pattern.compile("\"memberID\":\"([0-9]+)\"").matcher(alarms);
    assertThat(member.find()).as(alarms).isTrue();
    server.post(
        "/v3/maintenance/alarm",
        "{\"action\":\"DEACTIVATE\",\"memberID\":\"%s\",\"alarm\":\"NOSPACE\"}"
            .formatted(member.group(1)));
  }
}
