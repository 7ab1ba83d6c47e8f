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
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.TestSettings;
import org.etcdmirror.service.log.LogLine;
import org.etcdmirror.service.report.Json;
import org.etcdmirror.service.run.LinkFactory;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** No value of a key gets into a log, a page, a report or an error, in any state. */
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
    Stream<String> words =
        Stream.of(
            "--source=" + source + ":" + sourceEtcd.clientUrl(),
            "--sink=" + sink + ":" + sinkEtcd.clientUrl(),
            "--prefix=/conftool/",
            "--link=conftool",
            "--http=127.0.0.1:0");
    Settings settings =
        TestSettings.of(Stream.concat(words, Stream.of(more)).toArray(String[]::new));
    mirror = LinkFactory.create(settings).mirror();
    server = requireNonNull(ServedMirror.start(settings, mirror, MirrorActions.of(mirror)));
    mirror.start();
  }

  private void awaitPagesIn(MirrorState state) throws Exception {
    await().atMost(PATIENCE).until(() -> mirror.status().state() == state);
    for (String page : PAGES) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(server.url() + page)).build();
      seen.add(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
    seen.add(mirror.status().toString());
  }

  private void assertNothingShown() {
    LogLine line = new LogLine();
    List.copyOf(lines.list).forEach(event -> seen.add(line.convert(event)));
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
      Settings settings =
          TestSettings.of(
              Map.of(),
              "--source=v3:" + sourceEtcd.clientUrl(),
              "--sink=v3:" + small.clientUrl(),
              "--prefix=/conftool/",
              "--http=127.0.0.1:0");
      mirror = LinkFactory.create(settings).mirror();
      server = requireNonNull(ServedMirror.start(settings, mirror, MirrorActions.of(mirror)));
      mirror.start();

      await().atMost(PATIENCE).until(() -> mirror.status().lastError() != null);
      awaitPagesIn(mirror.status().state());
      mirror.close();
    }
    assertNothingShown();
  }
}
