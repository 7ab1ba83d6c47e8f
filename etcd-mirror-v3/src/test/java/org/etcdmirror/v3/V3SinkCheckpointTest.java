package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3SinkServer.apply;
import static org.etcdmirror.v3.V3SinkServer.batch;
import static org.etcdmirror.v3.V3SinkServer.put;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v3.internal.read.SinkCheckpoint;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class V3SinkCheckpointTest {

  private static final Bytes KEY = Bytes.utf8("/__replication/k");
  private static V3SinkServer server;

  @BeforeAll
  static void start() {
    server = V3SinkServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static void given(String key, String text) throws Exception {
    server.write(SinkOp.put(Bytes.utf8(key), ByteString.copyFromUtf8(text), 0));
  }

  @Test
  void storedCheckpointIsHumanReadable() throws Exception {
    try (V3Sink sink = server.sink("readable").build()) {
      Instant saved = Instant.parse("2026-01-02T03:04:05Z");
      sink.save(new Checkpoint(42, "cl\\us\nter", "scope", saved));
      assertThat(server.value("/__replication/readable"))
          .startsWith(
              "index=42\ncluster=cl\\\\us\\nter\nscope=scope\nsaved=2026-01-02T03:04:05Z\nwriter=");
      assertThat(sink.load()).contains(new Checkpoint(42, "cl\\us\nter", "scope", saved));
    }
  }

  @Test
  void checkpointNotesAreStoredOnSeparateLines() throws Exception {
    try (V3Sink sink = server.sink("noted").build()) {
      Checkpoint noted =
          new Checkpoint(42, null, null, Instant.EPOCH)
              .withNotes(Map.of("anchor", "/a 3 4", "B-2", "one\ntwo=\\"));
      sink.save(noted);
      assertThat(server.value("/__replication/noted"))
          .startsWith(
              "index=42\nsaved=1970-01-01T00:00:00Z\nnote.B-2=one\\ntwo=\\\\\nnote.anchor=/a 3 4\n"
                  + "writer=");
      assertThat(sink.load()).contains(noted);
      sink.save(noted.withNotes(Map.of()));
      assertThat(sink.load()).contains(noted.withNotes(Map.of()));
    }
  }

  @Test
  void checkpointTextWithoutNotesIsParsed() {
    Instant saved = Instant.parse("2026-01-02T03:04:05Z");
    assertThat(
            SinkCheckpoint.parse(
                KEY, "index=1\ncluster=c\nscope=s\nsaved=" + saved + "\napplying=3\nwriter=w\n"))
        .isEqualTo(
            new SinkCheckpoint.Stored(new Checkpoint(1, "c", "s", saved).whileApplying(3), "w", 0));
  }

  @Test
  void fenceWithoutCheckpointIsParsedAsNoCheckpoint() {
    assertThat(SinkCheckpoint.parse(KEY, SinkCheckpoint.format(null, "w", 3)))
        .isEqualTo(new SinkCheckpoint.Stored(null, "w", 3));
  }

  @Test
  void sinkContinuesFromCheckpointThatIsBareNumber() throws Exception {
    given("/__replication/bare", "3020127\n");
    try (V3Sink sink = server.sink("bare").build()) {
      assertThat(sink.load()).contains(new Checkpoint(3020127, null, null, Instant.EPOCH));
      Checkpoint next = new Checkpoint(3020128, "c", "s", Instant.EPOCH);
      apply(sink, batch(put("/bare", "1")), next);
      assertThat(sink.load()).contains(next);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "hello",
        "-5",
        "99999999999999999999",
        "12 13",
        "index=12",
        "index=\nsaved=2026-01-02T03:04:05Z",
        "index=x\nsaved=2026-01-02T03:04:05Z",
        "index=1\nindex=2\nsaved=2026-01-02T03:04:05Z",
        "index=1\nsaved=yesterday",
        "index=1\nsaved=2026-01-02T03:04:05Z\napplying=-1",
        "index=1\nsaved=2026-01-02T03:04:05Z\ncolour=red",
        "index=1\nsaved=2026-01-02T03:04:05Z\nwrite=x",
        "writer=w",
        "writer=w\nwrite=1\nscope=s",
        "writer=w\nwrite=1\nsaved=2026-01-02T03:04:05Z",
        "index=1\nsaved=2026-01-02T03:04:05Z\nnote.=x",
        "index=1\nsaved=2026-01-02T03:04:05Z\nnote.a b=x",
        "index=1\nsaved=2026-01-02T03:04:05Z\nnote.a",
        "index=1\nsaved=2026-01-02T03:04:05Z\nnote.a=1\nnote.a=1",
        "{\"index\": 12}",
        "\u0000\u0007\r\u0085\u2028"
      })
  void invalidCheckpointIsRefusedWithOneLineMessage(String text) {
    assertThatThrownBy(() -> SinkCheckpoint.parse(KEY, text))
        .isInstanceOf(PermanentException.class)
        .hasMessageStartingWith("/__replication/k does not hold a valid checkpoint")
        .hasMessageMatching("[^\\p{Cntrl}]*")
        .message()
        .hasSizeLessThan(400);
  }

  @Test
  void hugeInvalidCheckpointIsRefusedWithShortMessage() {
    assertThatThrownBy(() -> SinkCheckpoint.parse(KEY, "x".repeat(1_000_000)))
        .isInstanceOf(PermanentException.class)
        .message()
        .hasSizeLessThan(400);
  }

  @Test
  void sinkRefusesToStartOverFromInvalidCheckpoint() throws Exception {
    given("/__replication/garbage", "what is this?");
    try (V3Sink sink = server.sink("garbage").build()) {
      Checkpoint next = new Checkpoint(1, null, null, Instant.EPOCH);
      EventBatch batch = batch(put("/garbage", "1"));
      assertThatThrownBy(sink::load)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("/__replication/garbage");
      assertThatThrownBy(() -> sink.save(next)).isInstanceOf(PermanentException.class);
      assertThatThrownBy(() -> apply(sink, batch)).isInstanceOf(PermanentException.class);
      assertThatThrownBy(() -> apply(sink, batch, next)).isInstanceOf(PermanentException.class);
      assertThat(server.value("/__replication/garbage")).isEqualTo("what is this?");
      assertThat(server.count("/garbage")).isZero();
    }
  }

  @Test
  void writeWhoseAnswerWasLostIsSettledOnRetry() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(server.etcd.clientUrl());
        V3Sink sink = OpenedV3Sink.at(proxy.url().toString(), "settled").build()) {
      sink.save(new Checkpoint(1, null, null, Instant.EPOCH));
      Checkpoint next = new Checkpoint(2, null, null, Instant.EPOCH);
      proxy.delay(Duration.ofSeconds(3));
      CompletableFuture<Boolean> first =
          CompletableFuture.supplyAsync(() -> isApplied(sink, batch(put("/settled", "1")), next));
      await().atMost(PATIENCE).until(() -> server.count("/settled") == 1);
      // The answer is still on its way.
      proxy.cutAll();
      proxy.heal();
      first.join();
      await()
          .atMost(PATIENCE)
          .until(() -> isApplied(sink, batch(put("/settled", "1"), put("/settled2", "1")), next));
      assertThat(server.count("/settled")).isEqualTo(2);
      assertThat(sink.load()).contains(next);
    }
  }

  private static boolean isApplied(V3Sink sink, EventBatch batch, Checkpoint next) {
    try {
      sink.apply(batch, next);
      return true;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void earlierWriterIsFencedOffFromPlainWritesToo() throws Exception {
    try (V3Sink one = server.sink("fenced").build();
        V3Sink two = server.sink("fenced").build()) {
      one.load();
      two.load();
      two.save(new Checkpoint(2, null, null, Instant.EPOCH));
      EventBatch batch = batch(put("/fenced", "1"));
      assertThatThrownBy(() -> apply(one, batch))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("/__replication/fenced");
      assertThatThrownBy(() -> apply(one, batch, new Checkpoint(3, null, null, Instant.EPOCH)))
          .isInstanceOf(FencedException.class);
      assertThat(server.count("/fenced")).isZero();
    }
  }
}
