package org.etcdmirror.service.attack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;

/** Attackers that write to the source or to the checkpoint, or fill the sink. */
final class DataAttacks {

  private static final int LARGE_V2 = 1_000_000;
  private static final int LARGE_V3 = 1_400_000;
  private static final int BLANKS = 60_000;
  private static final String CHECKPOINT = "/__replication/" + Stage.LINK;
  private static final String META = "/__replication/__meta__" + Stage.LINK;
  private static final String MAX = "9223372036854775807";
  private static final String SAVED = "saved=2026-01-01T00:00:00Z\n";
  private static final String WRITER = "writer=other\nwrite=1\n";
  private static final String AHEAD = "index=" + MAX + "\n" + SAVED + WRITER;
  private static final String LONG_NOTE =
      "index=7\n" + SAVED + "note.scope=" + "x ".repeat(500_000) + "\n" + WRITER;

  private DataAttacks() {}

  static List<Attack> all() {
    return Stream.concat(
            Stream.of(Kind.V2, Kind.V3).flatMap(kind -> each(kind).stream()),
            Stream.of(
                Attack.of(
                    Kind.V3,
                    "log-disk-full",
                    "the disk of the log is full",
                    DataAttacks::logIsFull),
                Attack.of(
                    Kind.V3_SMALL_SINK,
                    "sink-full",
                    "refuses each write, as its quota is used up",
                    DataAttacks::fill)))
        .toList();
  }

  private static List<Attack> each(Kind kind) {
    int large = kind.isV2() ? LARGE_V2 : LARGE_V3;
    return List.of(
        repeated(
                kind,
                "source-long-keys",
                "a writer of the source makes keys of 60,000 blanks",
                Duration.ofMillis(500),
                (stage, i) ->
                    stage.put(Side.SOURCE, Stage.PREFIX + "k" + " ".repeat(BLANKS) + i % 10, "v"))
            .thatBrings(),
        repeated(
                kind,
                "source-odd-keys",
                "a writer of the source makes keys of control and bidirectional characters",
                Duration.ofMillis(500),
                (stage, i) ->
                    stage.put(
                        Side.SOURCE, Stage.PREFIX + "\u001b[2J\u202e\r\n\u2066 " + i % 10, "v" + i))
            .thatBrings(),
        repeated(
                kind,
                "source-large-values",
                "a writer of the source floods it with values near the request limit",
                Duration.ofMillis(250),
                (stage, i) ->
                    stage.put(Side.SOURCE, Stage.PREFIX + "large" + i % 5, large(i, large)))
            .thatBrings(),
        repeated(
                kind,
                "source-neighbour",
                "a neighbour floods another prefix of the source with writes",
                Duration.ZERO,
                (stage, i) -> stage.put(Side.SOURCE, "/other/" + i % 100, "v" + i))
            .thatBrings(),
        Attack.of(
            kind,
            "source-foreign",
            "the source's address leads to another cluster",
            DataAttacks::foreign),
        Attack.of(
                kind,
                "sink-overwritten-checkpoint",
                "a writer of the sink overwrites the checkpoint once a second",
                stage -> forging(stage, AHEAD))
            .thatMayEndIt(),
        forged(kind, "long", LONG_NOTE),
        forged(kind, "ahead", AHEAD),
        forged(kind, "garbage", "garbage \u001b[2J" + " ".repeat(BLANKS)));
  }

  private static String large(int i, int size) {
    return Integer.toString(i) + "x".repeat(size);
  }

  /** A write that is repeated; the number counts from 0. */
  @FunctionalInterface
  private interface Write {
    void to(Stage stage, int number);
  }

  private static Attack repeated(Kind kind, String name, String what, Duration pause, Write write) {
    return Attack.of(kind, name, what, stage -> writing(stage, pause, write));
  }

  private static AutoCloseable writing(Stage stage, Duration pause, Write write) {
    Thread thread =
        new Thread(
            () -> {
              try {
                for (int i = 0; !Thread.interrupted(); i++) {
                  write.to(stage, i);
                  TimeUnit.NANOSECONDS.sleep(pause.toNanos());
                }
              } catch (InterruptedException | UncheckedIOException over) {
                // The attack is over.
              }
            },
            "writer");
    thread.setDaemon(true);
    thread.start();
    return () -> {
      thread.interrupt();
      thread.join();
    };
  }

  private static AutoCloseable foreign(Stage stage) {
    EtcdServer foreign = EtcdServer.start();
    AutoCloseable led;
    try {
      for (int i = 0; i < 15; i++) {
        String key = Stage.PREFIX + "key" + i;
        if (stage.kind().isV2()) {
          new V2Http(foreign.clientUrl()).put(key, "foreign");
        } else {
          new V3Http(foreign.clientUrl()).put(key, "foreign");
        }
      }
      led = stage.lead(Side.SOURCE, foreign.clientUrl());
    } catch (RuntimeException e) {
      foreign.close();
      throw e;
    }
    return () -> {
      led.close();
      foreign.close();
    };
  }

  /** The service finds the forged checkpoint when it starts. */
  private static Attack forged(Kind kind, String name, String text) {
    return Attack.of(
            kind,
            "sink-forged-" + name,
            "a writer of the sink forges the checkpoint while the service is down, and later",
            stage -> {
              stage.service().close();
              forge(stage, text);
              stage.restart();
              return forging(stage, text);
            })
        .thatMayEndIt();
  }

  /** Closing it deletes the forged checkpoint, as an operator has to: the old one is lost. */
  private static AutoCloseable forging(Stage stage, String text) {
    AutoCloseable writing = writing(stage, Duration.ofSeconds(1), (at, i) -> forge(at, text));
    return () -> {
      writing.close();
      stage.delete(Side.SINK, CHECKPOINT);
      if (stage.kind().isV2()) {
        stage.delete(Side.SINK, META);
      }
    };
  }

  private static void forge(Stage stage, String text) {
    boolean v2 = stage.kind().isV2();
    stage.put(Side.SINK, CHECKPOINT, v2 ? MAX : text);
    if (v2) {
      stage.put(Side.SINK, META, text);
    }
  }

  /** A log on a full disk, while there is much to log; only this attack checks how it ends. */
  private static AutoCloseable logIsFull(Stage stage) throws IOException {
    stage.restartLoggingTo(Path.of("/dev/full"));
    stage.line(Side.SOURCE).refuse(true);
    return () -> {
      stage.line(Side.SOURCE).heal();
      if (stage.service().runs()
          && !(stage.becomesLevel() && stage.service().terminate(Duration.ofSeconds(30)))) {
        throw new AssertionError("not level, or does not end, while the log is full");
      }
      stage.restart();
    };
  }

  /** Fills the quota; closing the result frees the space as etcd's manual describes. */
  private static AutoCloseable fill(Stage stage) throws IOException, InterruptedException {
    V3Http sink = new V3Http(stage.etcd(Side.SINK).clientUrl());
    try {
      for (int i = 0; i < 100; i++) {
        sink.put("/fill/" + i, large(i, LARGE_V3));
      }
      throw new IllegalStateException("the sink has room for more than its quota");
    } catch (IllegalStateException full) {
      if (!full.getMessage().contains("space exceeded")) {
        throw full;
      }
    }
    return () -> giveRoomBack(stage.etcd(Side.SINK).clientUrl(), sink);
  }

  private static void giveRoomBack(URI etcd, V3Http sink) throws IOException, InterruptedException {
    sink.compact(sink.deletePrefix("/fill/"));
    post(etcd, "/v3/maintenance/defragment", "{}");
    String alarms = post(etcd, "/v3/maintenance/alarm", "{\"action\":\"GET\"}");
    for (JsonNode alarm : new ObjectMapper().readTree(alarms).path("alarms")) {
      ObjectNode off = alarm.deepCopy();
      post(etcd, "/v3/maintenance/alarm", off.put("action", "DEACTIVATE").toString());
    }
  }

  private static String post(URI etcd, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(etcd.resolve(path)).POST(BodyPublishers.ofString(body)).build();
    HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IllegalStateException(path + " answered " + answer.body());
    }
    return answer.body();
  }
}
