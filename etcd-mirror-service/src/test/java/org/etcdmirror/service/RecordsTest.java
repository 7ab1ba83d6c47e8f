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
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.service.audit.ValueHash;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The audit and the dumps of the program between two real etcd servers. */
@Timeout(600)
@EtcdTest
class RecordsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  /** The number of keys that the source got, and the index of the newest one. */
  private int written;

  private long newest;

  RecordsTest(@TempDir Path directory, EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.directory = directory;
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private Path audit() {
    return directory.resolve("audit.jsonl");
  }

  private ServiceProcess start(String api, String command, String... more) throws IOException {
    Stream<String> link =
        Stream.of(
            command,
            "--source",
            api + ":" + sourceEtcd.clientUrl(),
            "--sink",
            api + ":" + sinkEtcd.clientUrl(),
            "--prefix",
            "/conf/");
    return ServiceProcess.start(
        List.of(), Stream.concat(link, Stream.of(more)).toArray(String[]::new));
  }

  private List<JsonNode> lines() throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    if (Files.exists(audit())) {
      for (String line : Files.readAllLines(audit())) {
        lines.add(JSON.readTree(line));
      }
    }
    return lines;
  }

  private List<JsonNode> linesOf(String key) throws IOException {
    return lines().stream().filter(line -> line.path("key").asText().equals(key)).toList();
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }

  @Test
  void auditOfV3NamesEachChangeWithTheRevisionOfTheSink() throws Exception {
    V3Http source = new V3Http(sourceEtcd.clientUrl());
    V3Http sink = new V3Http(sinkEtcd.clientUrl());
    source.put("/conf/a", "first-secret");
    try (ServiceProcess service =
        start("v3", "run", "--audit", audit().toString(), "--http", "127.0.0.1:0")) {
      eventually(() -> assertThat(linesOf("/conf/a")).hasSize(1));
      long put = source.put("/conf/a", "second-secret");
      eventually(() -> assertThat(linesOf("/conf/a")).hasSize(2));
      JsonNode line = linesOf("/conf/a").get(1);
      assertThat(line.path("index").asLong()).isEqualTo(put);
      assertThat(line.path("sinkIndex").asLong()).isEqualTo(sink.modRevision("/conf/a"));
      assertThat(line.path("reason").asText()).isEqualTo("live");
      assertThat(line.path("valueSha256").asText())
          .isEqualTo(ValueHash.of(Bytes.utf8("second-secret")));
      long deleted = source.delete("/conf/a");
      eventually(() -> assertThat(linesOf("/conf/a")).hasSize(3));
      assertThat(linesOf("/conf/a").get(2).path("action").asText()).isEqualTo("delete");
      assertThat(linesOf("/conf/a").get(2).path("index").asLong()).isEqualTo(deleted);
      assertThat(service.page("/metrics").body())
          .contains("etcd_mirror_audit_changes_total{")
          .containsPattern("etcd_mirror_audit_missing_changes_total\\{.*} 0\\.0");
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
    }
    assertThat(lines().get(0).path("audit").asText()).isEqualTo("start");
    assertThat(lines().get(1).path("reason").asText()).isEqualTo("first-copy");
    assertThat(lines().get(lines().size() - 1).path("audit").asText()).isEqualTo("stop");
    assertThat(audit()).content().doesNotContain("secret");
  }

  @Test
  void auditOfV2NamesEachChangeWithTheIndexOfTheSink() throws Exception {
    V2Http source = new V2Http(sourceEtcd.clientUrl());
    V2Http sink = new V2Http(sinkEtcd.clientUrl());
    source.put("/conf/a", "1");
    try (ServiceProcess service =
        start("v2", "run", "--audit", audit().toString(), "--http", "127.0.0.1:0")) {
      eventually(() -> assertThat(linesOf("/conf/a")).hasSize(1));
      source.put("/conf/a", "2");
      eventually(() -> assertThat(linesOf("/conf/a")).hasSize(2));
      assertThat(linesOf("/conf/a").get(1).path("sinkIndex").asLong())
          .isEqualTo(sink.get("/conf/a", "quorum=true").modifiedIndex());
      source.put("/conf/d/x", "1");
      source.delete("/conf/d", "recursive=true");
      eventually(() ->
          assertThat(linesOf("/conf/d"))
              .extracting(line -> line.path("action").asText())
              .contains("delete-tree"));
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
    }
  }

  /** The sink of v2 stores its index behind its data, so a killed run repeats, and tells it. */
  @Test
  void noChangeIsMissingInTheAuditOfV2AfterKills() throws Exception {
    V2Http source = new V2Http(sourceEtcd.clientUrl());
    killWhileWriting("v2", i -> source.put("/conf/key" + i, "value " + i).modifiedIndex());
    List<JsonNode> lines = lines();
    for (int i = 0; i < written; i++) {
      String hash = ValueHash.of(Bytes.utf8("value " + i));
      assertThat(lines)
          .as("line of key %d", i)
          .anyMatch(line -> line.path("valueSha256").asText().equals(hash));
    }
  }

  /** A sink of v3 commits its index with its data, so the next start says what may be missing. */
  @Test
  void whatIsMissingInTheAuditOfV3AfterKillsIsCoveredByAStart() throws Exception {
    V3Http source = new V3Http(sourceEtcd.clientUrl());
    killWhileWriting("v3", i -> source.put("/conf/key" + i, "value " + i));
    List<JsonNode> lines = lines();
    // An etcd is made at revision 1.
    long last = 1;
    for (JsonNode line : lines) {
      if (line.path("audit").asText().equals("start")) {
        last = Math.max(last, line.path("index").asLong());
      } else if (line.has("key") && !line.has("outcome")) {
        // One event a revision, so that each index follows the last one, or lies behind a start.
        assertThat(line.path("index").asLong()).isLessThanOrEqualTo(last + 1);
        last = Math.max(last, line.path("index").asLong());
      }
    }
    assertThat(last).isEqualTo(newest);
  }

  /** Puts a key of this number into the source, and returns its index. */
  @FunctionalInterface
  private interface Writer {
    long write(int number);
  }

  private void killWhileWriting(String api, Writer source) throws Exception {
    for (int run = 0; run < 4; run++) {
      try (ServiceProcess service =
          start(api, "run", "--audit", audit().toString(), "--http", "none")) {
        service.awaitLine("-> FOLLOWING");
        for (int i = 0; i < 200; i++) {
          newest = source.write(written++);
        }
        if (run < 3) {
          service.signal("KILL");
          service.exitCode();
        } else {
          String last = ValueHash.of(Bytes.utf8("value " + (written - 1)));
          eventually(() ->
              assertThat(lines()).anyMatch(line -> line.path("valueSha256").asText().equals(last)));
        }
      }
    }
  }

  @Test
  void dumpOnRequestIsReadByReplay() throws Exception {
    new V3Http(sourceEtcd.clientUrl()).put("/conf/a", "the-secret");
    try (ServiceProcess service =
        start("v3", "run", "--dump-dir", directory.toString(), "--http", "127.0.0.1:0")) {
      service.awaitLine("-> FOLLOWING");
      HttpResponse<String> answer = service.post("/dump");
      assertThat(answer.statusCode()).isEqualTo(200);
      Path dump = Path.of(answer.body().strip());
      assertThat(dump).exists().content().doesNotContain("the-secret");
      Cli text = Cli.execute("replay", dump.toString());
      assertThat(text.code()).isZero();
      assertThat(text.out())
          .contains("FOLLOWING, index ")
          .contains("RESYNCING -> FOLLOWING")
          .contains("reason=first-copy first.index=")
          .contains("first.key=/conf/a");
      Cli json = Cli.execute("replay", "--json", dump.toString());
      assertThat(JSON.readTree(json.out()).path("events").size()).isGreaterThan(3);
    }
  }

  @Test
  void failureWritesADump() throws Exception {
    V2Http source = new V2Http(sourceEtcd.clientUrl());
    source.put("/conf/a", "1");
    try (ServiceProcess once = start("v2", "once")) {
      assertThat(once.exitCode()).isZero();
    }
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);
    try (ServiceProcess service =
        start(
            "v2",
            "run",
            "--recovery",
            "fail",
            "--dump-dir",
            directory.toString(),
            "--http",
            "none")) {
      assertThat(service.exitCode()).isEqualTo(1);
    }
    try (Stream<Path> all = Files.list(directory)) {
      Path dump =
          all.filter(file -> file.toString().endsWith("-failed.dump")).findAny().orElseThrow();
      assertThat(Cli.execute("replay", dump.toString()).out())
          .contains("failed at ", " gap ", "reason=HISTORY_CLEARED", "decision=FAIL", " failed ");
    }
  }

  @Test
  void dumpNeedsADirectory() throws Exception {
    try (ServiceProcess service = start("v3", "run", "--http", "127.0.0.1:0")) {
      assertThat(service.post("/dump").statusCode()).isEqualTo(409);
      assertThat(service.post("/dump").body()).contains("--dump-dir");
    }
  }

  @Test
  void filesThatCannotBeUsedAreBadUsage() {
    String missing = directory.resolve("missing/audit").toString();
    Cli audit =
        Cli.execute(
            "run",
            "--source=v3:http://127.0.0.1:1",
            "--sink=v3:http://127.0.0.1:1",
            "--prefix=/conf/",
            "--audit=" + missing);
    assertThat(audit.code()).isEqualTo(2);
    assertThat(audit.err())
        .startsWith("etcd-mirror: --audit: cannot write the file: ")
        .contains(missing);
    Cli dumps =
        Cli.execute(
            "run",
            "--source=v3:http://127.0.0.1:1",
            "--sink=v3:http://127.0.0.1:1",
            "--prefix=/conf/",
            "--dump-dir=" + missing);
    assertThat(dumps.code()).isEqualTo(2);
    assertThat(dumps.err()).contains("--dump-dir: '" + missing + "' is no directory");
  }
}
