package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.LateHttpProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command 'doctor' with two real servers. */
@Timeout(600)
@EtcdTest
class DoctorTest {

  private final EtcdServer source;
  private final EtcdServer sink;
  private final ExecutorService threads = Executors.newSingleThreadExecutor();

  DoctorTest(EtcdServer source, EtcdServer sink) {
    this.source = source;
    this.sink = sink;
  }

  @AfterEach
  void endThreads() {
    threads.shutdownNow();
  }

  private String source(String api) {
    return api + ":" + source.clientUrl();
  }

  private String sink(String api) {
    return api + ":" + sink.clientUrl();
  }

  @ParameterizedTest
  @CsvSource({"v2,v2", "v2,v3", "v3,v2", "v3,v3"})
  void soundLinkIsOkInEveryLine(String from, String to) throws Exception {
    new V2Http(source.clientUrl()).put("/conftool/a", "1");
    new V3Http(source.clientUrl()).put("/conftool/a", "1");

    Cli sound = DoctorCli.check(source(from), sink(to));

    assertThat(sound.code()).as("%s", sound).isZero();
    assertThat(sound.out().lines()).allMatch(line -> line.startsWith("ok       "));
    for (String side : List.of("source", "sink")) {
      for (String check :
          List.of("endpoints", "version", "alarms", "clock", "certificates", "rights")) {
        assertThat(DoctorCli.lines(sound, side + " " + check)).as(check).isNotEmpty();
      }
    }
    assertThat(DoctorCli.lines(sound, "source watch")).hasSize(1);
    assertThat(DoctorCli.lines(sound, "source outage")).hasSize(1);
    assertThat(DoctorCli.lines(sound, "loop")).hasSize(1);
    assertThat(DoctorCli.lines(sound, "source hidden keys")).hasSize(from.equals("v2") ? 1 : 0);
    for (String check : List.of("quota", "compaction", "transactions")) {
      assertThat(DoctorCli.lines(sound, "sink " + check)).hasSize(to.equals("v3") ? 1 : 0);
    }
  }

  @Test
  void jsonHasTheFindingsOfTheLines() throws Exception {
    new V2Http(source.clientUrl()).put("/conftool/_hidden", "1");

    Cli json = DoctorCli.check(source("v2"), sink("v3"), "--json");

    assertThat(json.code()).as("%s", json).isEqualTo(3);
    JsonNode report = new ObjectMapper().readTree(json.out());
    assertThat(report.get("problems").intValue()).isZero();
    assertThat(report.get("warnings").intValue()).isEqualTo(1);
    assertThat(report.get("findings"))
        .anySatisfy(finding -> {
          assertThat(finding.get("level").textValue()).isEqualTo("warning");
          assertThat(finding.get("check").textValue()).isEqualTo("source hidden keys");
          assertThat(finding.get("text").textValue()).contains("/conftool/_hidden");
          assertThat(finding.get("remedy").textValue()).isNotEmpty();
        });
  }

  @Test
  void serverThatIsDownIsAProblemWithoutAnotherAndAWarningBesideOne() throws Exception {
    try (EtcdServer down = EtcdServer.start()) {
      down.stop();

      Cli alone = DoctorCli.check("v2:" + down.clientUrl(), sink("v2"));
      Cli beside = DoctorCli.check(source("v2") + "," + down.clientUrl(), sink("v2"));

      assertThat(alone.code()).as("%s", alone).isEqualTo(1);
      assertThat(DoctorCli.lines(alone, "source endpoints"))
          .singleElement()
          .asString()
          .startsWith("problem")
          .contains(down.clientUrl().toString(), "connection refused");
      assertThat(DoctorCli.lines(alone, "source version"))
          .as("what cannot be checked is not ok")
          .allMatch(line -> line.startsWith("warning not checked: "))
          .allMatch(line -> line.endsWith("/version: no connection"));
      assertThat(beside.code()).as("%s", beside).isEqualTo(3);
      assertThat(DoctorCli.lines(beside, "source endpoints"))
          .anyMatch(line -> line.startsWith("ok"))
          .anyMatch(line -> line.startsWith("warning"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void endpointsOfTwoClustersAreAProblem(String api) {
    Cli mixed = DoctorCli.check(source(api) + "," + sink.clientUrl(), sink("v2"));

    assertThat(mixed.code()).as("%s", mixed).isEqualTo(1);
    assertThat(DoctorCli.lines(mixed, "source endpoints"))
        .anyMatch(line -> line.startsWith("problem the endpoints are of 2 clusters"));
  }

  @Test
  void serverWithoutV2IsAProblem() {
    try (EtcdServer without = EtcdServer.builder().enableV2(false).start()) {
      Cli cli = DoctorCli.check("v2:" + without.clientUrl(), sink("v2"));

      assertThat(cli.code()).as("%s", cli).isEqualTo(1);
      assertThat(DoctorCli.lines(cli, "source endpoints"))
          .singleElement()
          .asString()
          .startsWith("problem")
          .contains("start etcd with --enable-v2");
      assertThat(DoctorCli.lines(cli, "source rights"))
          .as("there is no user to correct")
          .singleElement()
          .asString()
          .endsWith("start etcd with --enable-v2");
    }
  }

  @Test
  void fullDatabaseIsAProblemOfASinkAndAWarningOfASource() {
    try (EtcdServer small =
        EtcdServer.builder().extraFlags("--quota-backend-bytes=" + (8 << 20)).start()) {
      raiseAlarm(new V3Http(small.clientUrl()));
      Cli full = DoctorCli.check(source("v2"), "v3:" + small.clientUrl());

      assertThat(full.code()).as("%s", full).isEqualTo(1);
      assertThat(DoctorCli.lines(full, "sink alarms"))
          .singleElement()
          .asString()
          .startsWith("problem")
          .contains("is not healthy", "etcdctl alarm list");
      assertThat(DoctorCli.lines(full, "sink quota")).allMatch(line -> line.startsWith("warning"));
      Cli read = DoctorCli.check("v3:" + small.clientUrl(), sink("v3"));
      assertThat(DoctorCli.lines(read, "source alarms"))
          .as("it can be read")
          .allMatch(line -> line.startsWith("warning"));
    }
  }

  private static void raiseAlarm(V3Http client) {
    for (int i = 0; i < 100; i++) {
      try {
        client.put("/more/" + i, "x".repeat(500_000));
      } catch (IllegalStateException full) {
        return;
      }
    }
    throw new AssertionError("the database is not full");
  }

  @Test
  void lowLimitOfTransactionsIsAWarning() {
    try (EtcdServer low = EtcdServer.builder().extraFlags("--max-txn-ops=16").start()) {
      Cli cli = DoctorCli.check(source("v2"), "v3:" + low.clientUrl());

      assertThat(cli.code()).as("%s", cli).isEqualTo(3);
      assertThat(DoctorCli.lines(cli, "sink transactions"))
          .singleElement()
          .asString()
          .startsWith("warning")
          .contains("--max-txn-ops=128");
    }
  }

  @Test
  void busyV2SourceMakesTheLongestOutageShort() throws Exception {
    assertOutageIsShort(
        "v2", () -> PipelinedWriter.storm(source.clientUrl(), "/other", 4, 200), "events");
  }

  @Test
  void busyV3SourceThatWasJustCompactedMakesTheLongestOutageShort() throws Exception {
    V3Http client = new V3Http(source.clientUrl());
    client.compact(client.put("/other", "0"));
    assertOutageIsShort("v3", () -> client.put("/other", "1"), "revisions");
  }

  /** A write of another client, or several. */
  @FunctionalInterface
  private interface Writing {
    void write() throws Exception;
  }

  private void assertOutageIsShort(String api, Writing writing, String what) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Future<?> writer =
        threads.submit(() -> {
          while (!done.get()) {
            writing.write();
          }
          return null;
        });
    Cli busy;
    try {
      busy = DoctorCli.check(source(api), sink(api), "--window", "2s");
    } finally {
      done.set(true);
      writer.get();
    }

    assertThat(busy.code()).as("%s", busy).isEqualTo(3);
    assertThat(DoctorCli.lines(busy, "source outage"))
        .singleElement()
        .asString()
        .startsWith("warning")
        .contains(what + " a second by all clients");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void linkThatLeadsBackIsAProblem(String api) {
    assertThat(InProcess.once(sink(api), source(api), "/conftool")).isEqualTo(Outcome.DONE);

    Cli loop = DoctorCli.check(source(api), sink(api));

    assertThat(loop.code()).as("%s", loop).isEqualTo(1);
    assertThat(DoctorCli.lines(loop, "loop"))
        .singleElement()
        .asString()
        .startsWith("problem loop: link")
        .contains("/__replication/conftool");
  }

  @Test
  void hiddenKeysOfAV2SourceAreAWarning() {
    V2Http client = new V2Http(source.clientUrl());
    client.put("/conftool/a", "1");
    client.put("/conftool/_state/b", "1");

    Cli cli = DoctorCli.check(source("v2"), sink("v2"));

    assertThat(cli.code()).as("%s", cli).isEqualTo(3);
    assertThat(DoctorCli.lines(cli, "source hidden keys"))
        .singleElement()
        .asString()
        .startsWith("warning")
        .contains("'/conftool/_state/b'");
  }

  @Test
  void keysThatAV2SinkWouldHideAreAProblem() {
    V3Http client = new V3Http(source.clientUrl());
    client.put("/conftool/a", "1");
    client.put("/conftool/_state", "1");

    Cli cli = DoctorCli.check(source("v3"), sink("v2"));

    assertThat(cli.code()).as("%s", cli).isEqualTo(1);
    assertThat(DoctorCli.lines(cli, "keys"))
        .singleElement()
        .asString()
        .startsWith("problem the sink cannot hold 1 of 2 entries")
        .contains("--unsupported-entries skip");
  }

  @Test
  void proxyThatBuffersIsAProblem() {
    try (LateHttpProxy proxy = LateHttpProxy.to(source.clientUrl())) {
      Cli cli = DoctorCli.check("v2:" + proxy.url(), sink("v2"));

      assertThat(cli.code()).as("%s", cli).isEqualTo(1);
      assertThat(DoctorCli.lines(cli, "source endpoints")).allMatch(line -> line.startsWith("ok"));
      assertThat(DoctorCli.lines(cli, "source watch"))
          .singleElement()
          .asString()
          .startsWith("problem no watch opens")
          .contains("buffer");
    }
  }

  @Test
  void sideOfAPluginIsNotChecked(@TempDir Path directory) throws Exception {
    PluginJar.in(directory);

    Cli cli = DoctorCli.check("tiny:quiet", sink("v2"), "--plugins", directory);

    assertThat(cli.code()).as("%s", cli).isEqualTo(3);
    assertThat(DoctorCli.lines(cli, "source"))
        .containsExactly("warning not checked: 'tiny:quiet' is of a plug-in");
  }
}
