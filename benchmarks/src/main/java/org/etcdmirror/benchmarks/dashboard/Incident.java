package org.etcdmirror.benchmarks.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;

/**
 * A night between two etcd servers with the v2 API: neighbours are busy while the prefix is quiet,
 * the source freezes, the mirror is away for longer than the source remembers, and a resync would
 * delete more than it may. For one thread.
 */
final class Incident {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int POOLS = 200;
  private static final String POOL = "/conftool/pools/mw";

  /**
   * Something that happened.
   *
   * @param second on the wall clock, since 1970
   * @param what for the picture
   */
  record Mark(double second, String what) {}

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Mark> marks = new ArrayList<>();
  private final EtcdServer sourceEtcd;
  private final V2Http source;
  private final List<String> command;
  private final URI pages;

  Incident(EtcdServer source, EtcdServer sink, String jar, int port) {
    this.sourceEtcd = source;
    this.source = new V2Http(source.clientUrl());
    this.pages = URI.create("http://127.0.0.1:" + port);
    this.command =
        List.of(
            JavaPrograms.java(),
            "-Xmx64m",
            "-jar",
            jar,
            "run",
            "--source",
            "v2:" + source.clientUrl(),
            "--sink",
            "v2:" + sink.clientUrl(),
            "--prefix",
            "/conftool",
            "--verify-every",
            "5s",
            "--http",
            "127.0.0.1:" + port);
  }

  /** Plays it and returns what happened when. */
  List<Mark> play() throws IOException, InterruptedException, UnusableException {
    for (int i = 0; i < POOLS; i++) {
      source.put(POOL + i, "yes");
    }
    mark("first copy");
    try (Program mirror = Program.start(command)) {
      awaitLevel(mirror);
      changeFor(Duration.ofSeconds(8));
      mark("neighbours");
      for (int i = 0; i < 12; i++) {
        foreignEvents(200);
        changeFor(Duration.ofMillis(700));
      }
      mark("source frozen");
      try (EtcdServer.Frozen frozen = sourceEtcd.freeze()) {
        Thread.sleep(10_000);
      }
      mark("goes on");
      awaitLevel(mirror);
      changeFor(Duration.ofSeconds(5));
      mark("mirror away");
      mirror.stop();
    }
    changeFor(Duration.ofSeconds(4));
    foreignEvents(3_000);
    mark("back: a gap");
    try (Program mirror = Program.start(command)) {
      awaitLevel(mirror);
      changeFor(Duration.ofSeconds(8));
      mark("mirror away");
      mirror.stop();
    }
    for (int i = POOLS / 4; i < POOLS; i++) {
      source.delete(POOL + i, "");
    }
    foreignEvents(3_000);
    mark("back: many deletes");
    try (Program mirror = Program.start(command)) {
      await(mirror, status -> !status.path("pending").path("token").asText().isEmpty());
      Thread.sleep(8_000);
      approve();
      mark("approved");
      awaitLevel(mirror);
      changeFor(Duration.ofSeconds(8));
      mark("end");
      mirror.stop();
    }
    return marks;
  }

  private void mark(String what) {
    marks.add(new Mark(Instant.now().toEpochMilli() / 1000.0, what));
  }

  private void changeFor(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      source.put(POOL + i % 20, "weight " + i);
      Thread.sleep(100);
    }
  }

  private void foreignEvents(int count) throws IOException, InterruptedException {
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 10, count / 10);
  }

  private void awaitLevel(Program mirror) throws InterruptedException, UnusableException {
    await(mirror, status -> status.path("caughtUp").asBoolean());
  }

  private void await(Program mirror, Predicate<JsonNode> wanted)
      throws InterruptedException, UnusableException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!wanted.test(status())) {
      mirror.mustRun();
      if (System.nanoTime() > end) {
        throw new UnusableException("the mirror does not get there: " + status());
      }
      Thread.sleep(100);
    }
  }

  private JsonNode status() throws InterruptedException {
    try {
      return JSON.readTree(
          http.send(
                  HttpRequest.newBuilder(pages.resolve("/status")).build(), BodyHandlers.ofString())
              .body());
    } catch (IOException notYet) {
      return JSON.createObjectNode();
    }
  }

  private void approve() throws IOException, InterruptedException, UnusableException {
    URI page = pages.resolve("/approve?plan=" + status().at("/pending/token").asText());
    int code =
        http.send(
                HttpRequest.newBuilder(page).POST(HttpRequest.BodyPublishers.noBody()).build(),
                BodyHandlers.discarding())
            .statusCode();
    if (code != 200) {
      throw new UnusableException("the approval was answered with " + code);
    }
  }
}
