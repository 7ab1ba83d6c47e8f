package org.etcdmirror.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.log.LogLine;
import org.etcdmirror.service.recorder.Dump;
import org.etcdmirror.service.recorder.Timeline;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.run.LinkFactory;
import org.etcdmirror.service.run.Records;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * No value of a key gets into a log, a page, a report, an error, an audit or a dump, in any state;
 * with {@code --show-values} it gets where that option says, and nowhere else.
 */
@Timeout(600)
@EtcdTest
@SuppressWarnings("NullAway.Init") // Each test starts what it needs.
class SecretValuesTest {

  private static final String CANARY = "canary-in-a-cage";
  private static final List<String> PAGES =
      List.of(
          "/", "/healthz", "/readyz", "/status", "/lag", "/metrics", "/await?index=1&timeout=0s");

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final Logger logger = (Logger) LoggerFactory.getLogger("org.etcdmirror");
  private final Level level = logger.getLevel();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final List<String> seen = new ArrayList<>();
  @TempDir private Path directory;
  private EtcdMirror mirror;
  private StatusServer server;

  SecretValuesTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  @BeforeEach
  void collectAllLogs() {
    SLF4JBridgeHandler.install();
    logger.setLevel(Level.DEBUG);
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void closeAll() {
    logger.setLevel(level);
    logger.detachAppender(lines);
    SLF4JBridgeHandler.uninstall();
    server.close();
    mirror.close();
  }

  private void put(String api, EtcdServer etcd, String key, String value) {
    if (api.equals("v2")) {
      new V2Http(etcd.clientUrl()).put(key, value);
    } else {
      new V3Http(etcd.clientUrl()).put(key, value);
    }
  }

  private void start(String source, String sink, String... more) {
    startAt(source, sink, sinkEtcd, more);
  }

  private void startAt(String source, String sink, EtcdServer target, String... more) {
    Stream<String> words =
        Stream.of(
            "--source=" + source + ":" + sourceEtcd.clientUrl(),
            "--sink=" + sink + ":" + target.clientUrl(),
            "--prefix=/conftool/",
            "--link=conftool",
            "--audit=" + audit(),
            "--dump-dir=" + directory,
            "--http=127.0.0.1:0");
    Settings settings =
        TestSettings.of(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    Records records = Records.open(LinkFactory.create(settings));
    mirror = records.mirror();
    server =
        requireNonNull(
            ServedMirror.start(
                settings, mirror, MirrorActions.of(mirror, records.dumps()), records));
    mirror.start();
  }

  private Path audit() {
    return directory.resolve("audit.jsonl");
  }

  private void stop() {
    server.close();
    mirror.close();
  }

  private String post(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .POST(BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  /** What is shown of each dump as well. */
  private void readFiles() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        seen.add(Files.readString(file));
        if (file.toString().endsWith(".dump")) {
          Dump dump = Dump.read(file);
          seen.addAll(List.of(dump.json(), Timeline.of(dump)));
        }
      }
    }
  }

  private void awaitPagesIn(MirrorState state) throws Exception {
    await().atMost(PATIENCE).until(() -> mirror.status().state() == state);
    for (String page : PAGES) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + page)).build();
      seen.add(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
    seen.add(mirror.status().toString());
  }

  private List<String> logLines() {
    LogLine line = new LogLine();
    return List.copyOf(lines.list).stream().map(line::convert).toList();
  }

  private void assertNothingShown() throws Exception {
    readFiles();
    seen.addAll(logLines());
    assertThat(seen).isNotEmpty();
    byte[] bytes = CANARY.getBytes(UTF_8);
    // Whole groups of three bytes, as Base64 depends on where the text begins.
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(bytes).substring(0, 16);
    for (String form : List.of(CANARY, HexFormat.of().formatHex(bytes), base64)) {
      assertThat(seen).noneMatch(text -> text.contains(form));
    }
  }

  @ParameterizedTest
  @CsvSource({"v2, v2", "v3, v3", "v2, v3", "v3, v2"})
  void noStateShowsAValue(String source, String sink) throws Exception {
    put(source, sourceEtcd, "/conftool/a", CANARY + 1);
    put(source, sourceEtcd, "/conftool/b", CANARY + 2);
    put(sink, sinkEtcd, "/conftool/b", CANARY + 3);
    put(sink, sinkEtcd, "/conftool/stale", CANARY + 4);
    start(source, sink, "--verify-every=200ms");

    awaitPagesIn(MirrorState.BLOCKED);
    ResyncPlan plan = mirror.plan();
    seen.addAll(List.of(plan.toString(), plan.describe(), Json.of(plan)));
    mirror.approve(requireNonNull(mirror.status().pending()).token());
    awaitPagesIn(MirrorState.FOLLOWING);
    put(source, sourceEtcd, "/conftool/a", CANARY + 5);
    put(sink, sinkEtcd, "/conftool/b", CANARY + 6);
    await().atMost(PATIENCE).until(() -> differs(mirror.status().lastVerify()));
    VerifyReport report = mirror.verify();
    seen.addAll(List.of(report.toString(), report.describe(), Json.of(report, 20)));
    awaitPagesIn(MirrorState.FOLLOWING);
    mirror.pause(Duration.ofSeconds(30));
    put(source, sourceEtcd, "/conftool/a", CANARY + 7);
    awaitPagesIn(MirrorState.PAUSED);
    mirror.resume();
    sinkEtcd.stop();
    put(source, sourceEtcd, "/conftool/a", CANARY + 8);
    awaitPagesIn(MirrorState.RETRYING);

    assertNothingShown();
  }

  private static boolean differs(@Nullable VerifyReport report) {
    return report != null && report.different() > 0;
  }

  @Test
  void valueThatTheSinkCannotHoldIsNotShown() throws Exception {
    byte[] value = (CANARY + "x").getBytes(UTF_8);
    value[value.length - 1] = (byte) 0xff;
    new V3Http(sourceEtcd.clientUrl())
        .commit(List.of(Write.put(Bytes.utf8("/conftool/a"), Bytes.of(value))));
    start("v3", "v2");

    awaitPagesIn(MirrorState.FAILED);

    seen.add(String.valueOf(mirror.failure().orElseThrow()));
    assertNothingShown();
    assertThat(seen).anyMatch(text -> text.contains("/conftool/a"));
  }

  @Test
  void valueThatIsTooLargeForTheSinkIsNotShown() throws Exception {
    try (EtcdServer small = EtcdServer.builder().extraFlags("--max-request-bytes=20000").start()) {
      put("v3", sourceEtcd, "/conftool/a", CANARY.repeat(10_000));
      startAt("v3", "v3", small);

      await().atMost(PATIENCE).until(() -> mirror.status().lastError() != null);
      awaitPagesIn(mirror.status().state());
      mirror.close();
    }
    assertNothingShown();
  }

  /** A question, a difference, a dump that was asked for, a gap, a refused write, a failure. */
  private void liveThroughEverything(EtcdServer small, String... more) throws Exception {
    put("v3", sourceEtcd, "/conftool/a", CANARY + 1);
    put("v3", small, "/conftool/a", CANARY + 2);
    put("v3", small, "/conftool/stale", CANARY + 3);
    startAt("v3", "v3", small, more);
    awaitPagesIn(MirrorState.BLOCKED);
    mirror.approve(requireNonNull(mirror.status().pending()).token());
    awaitPagesIn(MirrorState.FOLLOWING);
    put("v3", small, "/conftool/a", CANARY + 4);
    seen.add(Json.of(mirror.verify(), 20));
    awaitPagesIn(MirrorState.FOLLOWING);
    assertThat(post("/dump")).contains("asked.dump");
    stop();
    V3Http source = new V3Http(sourceEtcd.clientUrl());
    source.compact(source.put("/conftool/a", CANARY + 5));
    startAt("v3", "v3", small, more);
    awaitPagesIn(MirrorState.FOLLOWING);
    assertThat(mirror.status().gaps())
        .extracting(gap -> gap.gap().reason())
        .containsExactly(Gap.Reason.HISTORY_COMPACTED);
    put("v3", sourceEtcd, "/conftool/large", CANARY.repeat(10_000));
    awaitPagesIn(MirrorState.FAILED);
    seen.add(String.valueOf(mirror.failure().orElseThrow()));
    stop();
    readFiles();
  }

  @Test
  void valueIsNowhereAfterAGapADumpARefusedWriteAndAFailure() throws Exception {
    try (EtcdServer small = EtcdServer.builder().extraFlags("--max-request-bytes=20000").start()) {
      liveThroughEverything(small);
    }
    assertNothingShown();
    assertThat(seen).anyMatch(text -> text.contains("\"cause\":\"failed\""));
  }

  @Test
  void shownValuesAreInDifferencesAndInTheAuditAlone() throws Exception {
    try (EtcdServer small = EtcdServer.builder().extraFlags("--max-request-bytes=20000").start()) {
      liveThroughEverything(small, "--show-values");
    }
    assertThat(seen)
        .as("question, verification and audit")
        .anyMatch(text -> text.contains("\"sink\":\"" + CANARY + 3))
        .anyMatch(text -> text.contains("\"sink\":\"" + CANARY + 4))
        .anyMatch(text -> text.contains("\"value\":\"" + CANARY + 5));
    assertThat(logLines())
        .filteredOn(line -> line.contains(CANARY))
        .isNotEmpty()
        .allMatch(line -> line.contains("verified: not equal"));
    assertThat(seen).noneMatch(text -> text.contains(CANARY.repeat(13)));
  }
}
