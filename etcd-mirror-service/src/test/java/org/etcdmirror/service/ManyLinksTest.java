package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several links in one process, between two real etcd servers. */
@Timeout(600)
@EtcdTest(v2 = false)
class ManyLinksTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A link that fails at its start where its target has a key. */
  private static final String NEEDS_EMPTY = "\n    require-empty: true";

  private final Path file;
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V3Http source;
  private final V3Http sink;

  ManyLinksTest(@TempDir Path directory, EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.file = directory.resolve("links.yaml");
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V3Http(sourceEtcd.clientUrl());
    sink = new V3Http(sinkEtcd.clientUrl());
  }

  @Test
  void twoLinksMirror() throws Exception {
    source.put("/a/1", "one");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/=/copy/b/"))) {
      awaitReady(service);

      source.put("/a/2", "two");
      source.put("/b/3", "three");

      eventually(() -> assertThat(sink.values("/a/")).isEqualTo(source.values("/a/")));
      eventually(() -> assertThat(sink.values("/copy/b/")).hasSize(1));
      assertThat(sink.values("/b/")).isEmpty();
    }
  }

  @Test
  void signalStopsAllLinksAndStoresTheirIndexes() throws Exception {
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);

      service.signal("TERM");

      assertThat(service.exitCode()).isZero();
      assertThat(service.err())
          .anyMatch(line -> line.contains("stopped link=a index="))
          .anyMatch(line -> line.contains("stopped link=b index="));
    }
    assertThat(sink.values("/__replication/")).hasSize(2);
  }

  @Test
  void failureOfOneLinkLeavesTheOtherAlone() throws Exception {
    sink.put("/b/old", "theirs");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/") + NEEDS_EMPTY)) {
      service.awaitLine("[link=b] failed, and the other links go on");

      source.put("/a/1", "one");

      eventually(() -> assertThat(sink.values("/a/")).hasSize(1));
      assertThat(service.page("/links/b/status").body()).contains("\"state\":\"FAILED\"");
      assertThat(service.page("/links/a/healthz").statusCode()).isEqualTo(200);
      assertThat(service.page("/links/b/healthz").statusCode()).isEqualTo(503);
      assertThat(service.page("/healthz").statusCode()).isEqualTo(200);
      assertThat(service.page("/readyz").statusCode()).isEqualTo(503);
      assertThat(service.page("/readyz").body())
          .startsWith("1 of 2 links are not ready: b: failed: ");
      assertThat(service.page("/metrics").body())
          .containsPattern(
              "etcd_mirror_state\\{link=\"b\",sink=\"[^\"]*\",state=\"failed\"} 1\\.0");
    }
  }

  @Test
  void processEndsWithExitCodeOneWhenAllLinksHaveFailed() throws Exception {
    sink.put("/a/old", "theirs");
    sink.put("/b/old", "theirs");
    try (ServiceProcess service =
        run(link("a", "/a/") + NEEDS_EMPTY, link("b", "/b/") + NEEDS_EMPTY)) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .startsWith("etcd-mirror: link 'a': ")
          .contains("; link 'b': ", "'/a/old'", "'/b/old'");
    }
  }

  @Test
  void failFastEndsTheProcessWithTheFirstFailure() throws Exception {
    sink.put("/b/old", "theirs");
    write("fail-fast: true", link("a", "/a/"), link("b", "/b/") + NEEDS_EMPTY);
    try (ServiceProcess service = start()) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .startsWith("etcd-mirror: link 'b': ")
          .contains("requires an empty sink");
    }
  }

  @Test
  void hangUpStartsNewLinksStopsRemovedOnesAndLeavesTheOthersUntouched() throws Exception {
    source.put("/a/1", "one");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);
      JsonNode before = status(service, "a");
      List<String> told = linesOf(service, "a");

      write("", link("a", "/a/"), link("c", "/c/"));
      service.signal("HUP");
      service.awaitLine("stopped: b; started: c; untouched: a");
      source.put("/c/1", "one");

      eventually(() -> assertThat(sink.values("/c/")).hasSize(1));
      awaitReady(service);
      assertThat(service.page("/links/b/status").statusCode()).isEqualTo(404);
      assertThat(service.page("/metrics").body()).doesNotContain("link=\"b\"");
      assertThat(linesOf(service, "a")).isEqualTo(told);
      // A mirror counts from its start, and one that starts again makes no first copy.
      assertThat(status(service, "a").get("resyncs")).isEqualTo(before.get("resyncs"));
      assertThat(before.get("resyncs").intValue()).isEqualTo(1);
      source.put("/b/1", "one");
      source.put("/a/2", "two");
      eventually(() -> assertThat(sink.values("/a/")).hasSize(2));
      assertThat(sink.values("/b/")).isEmpty();
    }
  }

  @Test
  void hangUpReplacesAChangedLinkWhichContinuesFromItsIndex() throws Exception {
    source.put("/b/1", "one");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);
      List<String> told = linesOf(service, "a");

      write("", link("a", "/a/"), link("b", "/b/") + "\n    max-writes-per-second: 500");
      service.signal("HUP");
      service.awaitLine("stopped: b; started: b; untouched: a");
      source.put("/b/2", "two");

      eventually(() -> assertThat(sink.values("/b/")).hasSize(2));
      assertThat(status(service, "b").get("resyncs").intValue()).isZero();
      assertThat(status(service, "b").get("writeLimit").get("keysPerSecond").intValue())
          .isEqualTo(500);
      assertThat(linesOf(service, "a")).isEqualTo(told);
    }
  }

  @Test
  void hangUpWithAWrongFileChangesNothingAndSaysWhy() throws Exception {
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);

      write("", link("a", "/a/"), link("b", "/b/") + "\n    ttl: keep");
      service.signal("HUP");

      String why = "link 'b': ttl: 'keep' is not one of follow, copy";
      service.awaitLine("nothing was changed: --config " + file + ": " + why);
      eventually(() -> assertThat(links(service).get("reloadError").asText()).contains(why));
      assertThat(service.page("/metrics").body()).contains("etcd_mirror_reload_failed 1.0");
      source.put("/b/1", "one");
      eventually(() -> assertThat(sink.values("/b/")).hasSize(1));

      write("", link("a", "/a/"), link("b", "/b/"));
      service.signal("HUP");

      service.awaitLine("stopped: none; started: none; untouched: a, b");
      eventually(() -> assertThat(links(service).get("reloadError").isNull()).isTrue());
      assertThat(service.page("/metrics").body()).contains("etcd_mirror_reload_failed 0.0");
    }
  }

  @Test
  void hangUpRefusesAChangeThatNeedsARestart() throws Exception {
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);

      write("http-host: mirror.example", link("a", "/a/"));
      service.signal("HUP");

      service.awaitLine("nothing was changed: 'http-host' changed");
      assertThat(links(service).get("links")).hasSize(2);
    }
  }

  @Test
  void hangUpStartsAFailedLinkAgain() throws Exception {
    sink.put("/b/old", "theirs");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/") + NEEDS_EMPTY)) {
      service.awaitLine("[link=b] failed, and the other links go on");
      sink.delete("/b/old");

      service.signal("HUP");

      service.awaitLine("stopped: b; started: b; untouched: a");
      awaitReady(service);
    }
  }

  @Test
  void hangUpReplacesTheOnlyLinkOfAFileWithoutAList() throws Exception {
    Files.writeString(file, sides() + "prefix: /a/\n");
    try (ServiceProcess service = start()) {
      awaitReady(service);

      Files.writeString(file, sides() + "prefix: [/a/, /b/]\nlink: /a/\n");
      service.signal("HUP");
      source.put("/b/1", "one");

      eventually(() -> assertThat(sink.values("/b/")).hasSize(1));
      awaitReady(service);
      assertThat(service.page("/links/%2Fa%2F/readyz").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void oneLinkIsPausedAndTheOtherGoesOn() throws Exception {
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      awaitReady(service);

      assertThat(service.post("/links/a/pause").statusCode()).isEqualTo(200);
      long write = source.put("/a/1", "one");
      long other = source.put("/b/1", "one");

      assertThat(service.page("/links/b/await?index=" + other + "&timeout=30s").statusCode())
          .isEqualTo(200);
      assertThat(sink.values("/a/")).isEmpty();
      assertThat(service.page("/links/a/readyz").body())
          .contains("paused: by POST /links/a/pause; POST /links/a/resume continues");
      assertThat(service.post("/pause").statusCode()).isEqualTo(404);
      assertThat(service.post("/links/a/resume").statusCode()).isEqualTo(200);
      assertThat(service.page("/links/a/await?index=" + write + "&timeout=30s").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void oneLinkIsApprovedAndTheOtherWaits() throws Exception {
    sink.put("/a/stale", "x");
    sink.put("/b/stale", "x");
    try (ServiceProcess service = run(link("a", "/a/"), link("b", "/b/"))) {
      eventually(() -> assertThat(status(service, "a").get("pending").isNull()).isFalse());
      eventually(() -> assertThat(status(service, "b").get("pending").isNull()).isFalse());
      String plan = status(service, "a").get("pending").get("token").asText();
      assertThat(service.post("/links/a/approve?plan=" + plan).statusCode()).isEqualTo(200);

      eventually(() -> assertThat(sink.values("/a/")).isEmpty());
      assertThat(sink.values("/b/")).hasSize(1);
      assertThat(status(service, "b").get("state").asText()).isEqualTo("BLOCKED");
    }
  }

  @Test
  void commandForOneLinkTakesItFromTheList() throws Exception {
    source.put("/b/1", "one");
    write("", link("a", "/a/"), link("b", "/b/"));

    try (ServiceProcess once =
        ServiceProcess.start(List.of(), "once", "--config", file.toString(), "--link", "b")) {
      assertThat(once.exitCode()).as("%s", once.err()).isZero();
    }

    assertThat(sink.values("/b/")).hasSize(1);
    assertThat(Cli.execute("plan", "--config", file.toString()).err())
        .contains("--link is required", "one of a, b");
  }

  @Test
  void fiftyLinksBecomeLevel() throws Exception {
    List<String> links = new ArrayList<>();
    for (int i = 10; i < 60; i++) {
      source.put("/p" + i + "/key", "value");
      links.add(link("link" + i, "/p" + i + "/"));
    }
    try (ServiceProcess service = run(links.toArray(String[]::new))) {
      awaitReady(service);
      source.put("/p59/key", "newer");
      eventually(() -> assertThat(sink.values("/p59/")).isEqualTo(source.values("/p59/")));
      assertThat(sink.values("/p")).hasSize(50);
      assertThat(links(service).get("links")).hasSize(50);

      service.signal("TERM");

      assertThat(service.exitCode()).isZero();
    }
  }

  private static String link(String name, String prefix) {
    return "  - name: " + name + "\n    prefix: " + prefix;
  }

  private String sides() {
    return "source: v3:%s\nsink: v3:%s\nhttp: 127.0.0.1:0\n"
        .formatted(sourceEtcd.clientUrl(), sinkEtcd.clientUrl());
  }

  private void write(String more, String... links) throws IOException {
    Files.writeString(file, sides() + more + "\nlinks:\n" + String.join("\n", links) + "\n");
  }

  private ServiceProcess run(String... links) throws IOException {
    write("", links);
    return start();
  }

  private ServiceProcess start() throws IOException {
    return ServiceProcess.start(List.of(), "run", "--config", file.toString());
  }

  private static void awaitReady(ServiceProcess service) {
    eventually(() -> assertThat(service.page("/readyz").statusCode()).as("ready").isEqualTo(200));
  }

  private static JsonNode links(ServiceProcess service) throws Exception {
    return JSON.readTree(service.page("/links").body());
  }

  private static JsonNode status(ServiceProcess service, String link) throws Exception {
    return JSON.readTree(service.page("/links/" + link + "/status").body());
  }

  private static List<String> linesOf(ServiceProcess service, String link) {
    return service.err().stream().filter(line -> line.contains("[link=" + link + "]")).toList();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }
}
