package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program between two real etcd servers. */
@Timeout(600)
@EtcdTest
class RealEtcdTest {

  private static final String INDEX_KEY = "/__replication/conftool";

  private final Path directory;
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V2Http sink;

  RealEtcdTest(@TempDir Path directory, EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    sink = new V2Http(sinkEtcd.clientUrl());
    this.directory = directory;
  }

  @Test
  void runFollowsAndSavesItsIndexAtTheEnd() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = start("run", "--prefix", "/conftool", "--http", "127.0.0.1:0")) {
      eventually(() -> assertThat(service.page("/readyz").statusCode()).isEqualTo(200));
      source.put("/conftool/a", "2");
      source.put("/conftool/b/c", "3");
      eventually(this::assertEqual);
      source.put("/elsewhere", "x");

      service.signal("TERM");

      assertThat(service.exitCode()).isZero();
    }
    assertEqual();
    assertThat(storedIndex(INDEX_KEY)).isGreaterThanOrEqualTo(modifiedIndex("/conftool/b/c"));
  }

  @Test
  void awaitAnswersWhenAWriteIsInTheSink() throws Exception {
    try (ServiceProcess service = start("run", "--prefix", "/conftool", "--http", "127.0.0.1:0")) {
      for (int i = 0; i < 20; i++) {
        source.put("/conftool/a", "value " + i);
        long written = modifiedIndex("/conftool/a");

        HttpResponse<String> answer = service.page("/await?index=" + written + "&timeout=30s");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "value " + i);
      }
      assertThat(service.page("/await?index=1000000&timeout=10ms").statusCode()).isEqualTo(504);
    }
  }

  @Test
  void secondRunContinuesWhereTheFirstEnded() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess first = start("run", "--prefix", "/conftool", "--http", "127.0.0.1:0")) {
      first.awaitLine("-> FOLLOWING");
      first.signal("INT");
      assertThat(first.exitCode()).isZero();
    }
    source.delete("/conftool/a", "");
    source.put("/conftool/b", "2");
    try (ServiceProcess second = start("run", "--prefix", "/conftool", "--http", "127.0.0.1:0")) {
      eventually(this::assertEqual);
      assertThat(status(second).get("gaps").intValue()).isZero();
      assertThat(status(second).get("resyncs").intValue()).isZero();
    }
  }

  @Test
  void runAdvancesItsIndexOverEventsOutsideThePrefix() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = start("run", "--prefix", "/conftool", "--http", "127.0.0.1:0")) {
      service.awaitLine("-> FOLLOWING");
      long before = status(service).get("index").longValue();
      PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);
      source.put("/conftool/a", "2");
      eventually(this::assertEqual);
      eventually(() ->
          assertThat(status(service).get("storedIndex").longValue()).isGreaterThan(before + 2000));
      assertThat(status(service).get("resyncs").intValue()).as("only the first").isEqualTo(1);
    }
  }

  @Test
  void onceBringsTheSinkLevelAndEnds() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/conftool/b", "2");
    source.put("/elsewhere/x", "y");
    assertThat(once("--prefix", "/conftool"))
        .startsWith("first copy at index ")
        .contains("of 3 entries");
    assertEqual();
    assertThat(sink.tree("/elsewhere")).isEmpty();

    source.delete("/conftool/a", "");
    source.put("/conftool/b", "3");
    assertThat(once("--prefix", "/conftool")).contains("1 of 2 entries differed, 1 deleted");
    assertEqual();
    assertThat(storedIndex(INDEX_KEY)).isEqualTo(modifiedIndex("/conftool/b"));
  }

  @Test
  void limitOfWritesShowsInTheStatusAndDoesNotDelayTheEnd() throws Exception {
    for (int i = 0; i < 400; i++) {
      source.put("/conftool/" + i, "1");
    }
    try (ServiceProcess service =
        start(
            "run",
            "--prefix",
            "/conftool",
            "--max-writes-per-second",
            "1",
            "--http",
            "127.0.0.1:0")) {
      eventually(() -> assertThat(status(service).at("/writeLimit/waits").booleanValue()).isTrue());
      assertThat(status(service).at("/writeLimit/keysPerSecond").intValue()).isEqualTo(1);

      service.signal("TERM");

      assertThat(service.exitCode()).isZero();
    }
    assertThat(sink.tree("/conftool").size()).isLessThan(400);
    // Without the limit the rest is written at once.
    copy("/conftool");
    assertEqual();
  }

  @Test
  void prefixCanBeRenamedInTheSink() throws Exception {
    source.put("/conftool/a", "1");

    copy("/conftool/=/copy/of/it/");

    assertThat(sink.tree("/copy/of/it")).containsExactly(Map.entry("/copy/of/it/a", "1"));
    assertThat(storedIndex("/__replication/copy/of/it")).isPositive();
  }

  @Test
  void excludedPrefixesAreNotTouchedAndAreReported() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/conftool/locks/x", "1");
    sink.put("/conftool/locks/mine", "keep");
    try (ServiceProcess service =
        start(
            "run",
            "--prefix",
            "/conftool",
            "--exclude-prefix",
            "/conftool/locks/",
            "--exclude",
            "/conftool/typo",
            "--http",
            "127.0.0.1:0")) {
      eventually(() -> assertThat(service.page("/readyz").statusCode()).isEqualTo(200));
      assertThat(service.page("/status").body())
          .contains("\"prefix /conftool/locks\"", "exclude '/conftool/typo' matches no key");
    }
    assertThat(sink.tree("/conftool"))
        .containsOnly(
            Map.entry("/conftool/a", "1"),
            Map.entry("/conftool/locks/", ""),
            Map.entry("/conftool/locks/mine", "keep"));
  }

  @Test
  void excludedKeysAreNotTouched() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/conftool/locks/x", "1");
    sink.put("/conftool/locks/mine", "keep");

    copy("/conftool", "--exclude", "/conftool/locks(/.*)?");

    assertThat(sink.tree("/conftool"))
        .containsOnly(
            Map.entry("/conftool/a", "1"),
            Map.entry("/conftool/locks/", ""),
            Map.entry("/conftool/locks/mine", "keep"));
  }

  @Test
  void severalPrefixesShareOneIndexUnderTheLinkName() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/requests/b", "2");
    Path config =
        Files.writeString(
            directory.resolve("mirror.yaml"), "prefix: [/conftool, /requests]\nlink: eqiad\n");

    once("--config", config.toString());

    assertThat(sink.tree("/requests")).containsExactly(Map.entry("/requests/b", "2"));
    assertThat(storedIndex("/__replication/eqiad")).isPositive();
  }

  @Test
  void resyncOverTheDeleteLimitIsAPermanentFailure() throws Exception {
    source.put("/conftool/a", "1");
    for (String key : List.of("x", "y", "z")) {
      sink.put("/conftool/" + key, "stale");
    }
    try (ServiceProcess service = start("once", "--prefix", "/conftool", "--max-deletes", "2")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .startsWith("etcd-mirror: a resync at index ")
          .contains("would delete 3 of ")
          .endsWith("; if the source is right, allow the deletes with --max-deletes");
    }
    assertThat(sink.tree("/conftool")).containsKey("/conftool/z");
  }

  @Test
  void firstCopyThatWouldDeleteAKeyFailsAndWritesNothing() throws Exception {
    source.put("/conftool/a", "1");
    sink.put("/conftool/theirs", "stale");
    try (ServiceProcess service = start("once", "--prefix", "/conftool")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .contains("would delete 1 of ")
          .contains("a first copy deletes only what was approved");
    }
    assertThat(sink.tree("/conftool")).containsOnlyKeys("/conftool/theirs");
    copy("/conftool", "--max-deletes", "1");
    assertEqual();
  }

  @Test
  void requireEmptyFailsOnANonEmptySink() throws Exception {
    source.put("/conftool/a", "1");
    sink.put("/conftool/a", "1");
    try (ServiceProcess service =
        start("run", "--prefix", "/conftool", "--require-empty", "--http", "127.0.0.1:0")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .contains("requires an empty sink")
          .contains("'/conftool/a'");
    }
    sink.delete("/conftool/a", "");
    copy("/conftool", "--require-empty");
    assertEqual();
  }

  @Test
  void onceNamesTheUnreachableSourceInItsRetryLines() throws Exception {
    sourceEtcd.stop();
    try (ServiceProcess service = start("once", "--prefix", "/conftool", "--link", "eqiad")) {
      service.awaitLine("retryInMs=");
      assertThat(service.err())
          .filteredOn(line -> line.contains("retryInMs="))
          .allMatch(line -> line.contains("[link=eqiad] "), "names the link")
          .allMatch(line -> line.contains(sourceEtcd.clientUrl().toString()), "names the source");
    }
  }

  @Test
  void recoveryFailEndsRunWhenHistoryIsLost() throws Exception {
    source.put("/conftool/a", "1");
    copy("/conftool");
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);

    try (ServiceProcess service =
        start("run", "--prefix", "/conftool", "--recovery", "fail", "--http", "none")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .startsWith("etcd-mirror: ")
          .contains("history is cleared: stored index ");
    }
  }

  private String once(String... more) throws Exception {
    try (ServiceProcess service = start("once", more)) {
      assertThat(service.exitCode()).as("%s", service.err()).isZero();
      assertThat(service.out()).hasSize(1);
      return service.out().get(0);
    }
  }

  /** The same without a process of its own, which would cost a second. */
  private void copy(String prefix, Object... more) {
    assertThat(
            InProcess.once(
                "v2:" + sourceEtcd.clientUrl(), "v2:" + sinkEtcd.clientUrl(), prefix, more))
        .isEqualTo(Outcome.DONE);
  }

  private ServiceProcess start(String command, String... more) throws IOException {
    Stream<String> sides =
        Stream.of(
            command,
            "--source",
            "v2:" + sourceEtcd.clientUrl(),
            "--sink",
            "v2:" + sinkEtcd.clientUrl());
    return ServiceProcess.start(
        List.of(), Stream.concat(sides, Stream.of(more)).toArray(String[]::new));
  }

  private static JsonNode status(ServiceProcess service) throws Exception {
    return new ObjectMapper().readTree(service.page("/status").body());
  }

  private long storedIndex(String key) {
    return sink.get(key, "quorum=true").json().path("node").path("value").asLong();
  }

  private long modifiedIndex(String key) {
    return source.get(key, "quorum=true").modifiedIndex();
  }

  private void assertEqual() {
    assertThat(sink.tree("/conftool")).isEqualTo(source.tree("/conftool"));
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }
}
