package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit codes, output and signals of the process, on a plug-in that needs no server. */
@Timeout(600)
class ProcessTest {

  private static Path plugin;

  private final Path directory;

  ProcessTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeAll
  static void packPlugin(@TempDir Path shared) throws IOException {
    plugin = PluginJar.in(shared);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT"})
  void signalEndsRunWithExitCodeZeroAfterSavingTheIndex(String signal) throws Exception {
    try (ServiceProcess service = run("quiet")) {
      service.awaitLine("RESYNCING -> FOLLOWING");

      service.signal(signal);

      assertThat(service.exitCode()).isZero();
      assertThat(service.err().get(service.err().size() - 1))
          .endsWith("stopped link=/conftool index=41 stored=41");
      assertThat(service.out()).isEmpty();
    }
  }

  @Test
  void signalEndsRunWithExitCodeZeroWhileTheSourceDoesNotAnswer() throws Exception {
    try (ServiceProcess service = run("hanging")) {
      service.awaitLine("no answer yet");

      service.signal("TERM");

      assertThat(service.exitCode()).isZero();
    }
  }

  @Test
  void permanentFailureEndsRunWithExitCodeOneAndPrintsItsCauseLast() throws Exception {
    try (ServiceProcess service = run("denied")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err()).endsWith("etcd-mirror: source: reading is forbidden");
    }
  }

  @Test
  void eachLogEventIsOneLine() throws Exception {
    try (ServiceProcess service = run("denied")) {
      service.exitCode();
      List<String> events = service.err().subList(0, service.err().size() - 1);
      assertThat(events).isNotEmpty().allMatch(line -> line.matches("\\d{4}-\\d\\d-\\d\\dT.*"));
    }
  }

  @Test
  void repeatedLogLinesAreDroppedAndCounted() throws Exception {
    try (ServiceProcess service = start("once", "chatty")) {
      assertThat(service.exitCode()).isZero();
      assertThat(service.err())
          .filteredOn(line -> line.matches(".* WARN +attempt \\d+ failed"))
          .hasSize(10);
      assertThat(service.err())
          .filteredOn(line -> line.endsWith("left out 90 lines like this: attempt 99 failed"))
          .hasSize(1);
    }
  }

  @Test
  void onceEndsWithExitCodeZeroAndPrintsASummary() throws Exception {
    try (ServiceProcess service = start("once", "quiet")) {
      assertThat(service.exitCode()).isZero();
      assertThat(service.out())
          .singleElement()
          .asString()
          .startsWith("first copy at index 41: 2 of 2 entries written, 0 deleted, ");
    }
  }

  @Test
  void onceEndsWithExitCodeOneOnAPermanentFailure() throws Exception {
    try (ServiceProcess service = start("once", "denied")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err()).endsWith("etcd-mirror: source: reading is forbidden");
      assertThat(service.out()).isEmpty();
    }
  }

  @Test
  void signalBeforeTheEndEndsOnceWithExitCodeOne() throws Exception {
    try (ServiceProcess service = start("once", "hanging")) {
      service.awaitLine("no answer yet");

      service.signal("TERM");

      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err())
          .endsWith("etcd-mirror: stopped before the sink was level; written keys stay");
    }
  }

  @Test
  void portInUseEndsRunWithExitCodeOneAndOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServiceProcess service = run("quiet", "--http", "127.0.0.1:" + taken.getLocalPort())) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err())
          .singleElement()
          .asString()
          .startsWith("etcd-mirror: --http: cannot listen on 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void badUsageEndsWithExitCodeTwoAndOneLine() throws Exception {
    try (ServiceProcess service = start("run", "nonsense")) {
      assertThat(service.exitCode()).isEqualTo(2);
      assertThat(service.err())
          .containsExactly("etcd-mirror: --source: 'nonsense' is no tiny source");
    }
  }

  @Test
  void pagesAreServedOnTheLoggedPort() throws Exception {
    try (ServiceProcess service = run("quiet")) {
      service.awaitLine("RESYNCING -> FOLLOWING");

      assertThat(service.page("/healthz").statusCode()).isEqualTo(200);
      assertThat(service.page("/status").body()).contains("\"index\":41");
      assertThat(service.page("/metrics").body())
          .contains("etcd_mirror_index{link=\"/conftool\",sink=\"tiny:memory\"} 41.0");
    }
  }

  @Test
  void pluginSchemeIsUnknownWithoutItsJar() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start(
            List.of(), "run", "--source", "tiny:quiet", "--sink", "tiny:x", "--prefix", "/a")) {
      assertThat(service.exitCode()).isEqualTo(2);
      assertThat(service.err())
          .containsExactly(
              "etcd-mirror: --source: there is no scheme 'tiny'; there are: file, v2, v2+srv, v3, v3+srv");
    }
  }

  @Test
  void pluginSchemeIsLoadedFromThePluginsDirectory() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start(
            List.of(),
            "once",
            "--source",
            "tiny:quiet",
            "--sink",
            "tiny:memory",
            "--prefix",
            "/conftool",
            "--plugins",
            plugin.resolveSibling("").toString())) {
      assertThat(service.exitCode()).as("%s", service.err()).isZero();
      assertThat(service.out()).singleElement().asString().startsWith("first copy at index 41: ");
    }
  }

  private static ServiceProcess run(String source, String... more) throws IOException {
    return start("run", source, more);
  }

  private static ServiceProcess start(String command, String source, String... more)
      throws IOException {
    Stream<String> defaults =
        Stream.of(
            command,
            "--source",
            "tiny:" + source,
            "--sink",
            "tiny:memory",
            "--prefix",
            "/conftool");
    boolean servesByDefault = command.equals("run") && !List.of(more).contains("--http");
    Stream<String> http = servesByDefault ? Stream.of("--http", "127.0.0.1:0") : Stream.empty();
    return ServiceProcess.start(
        List.of(plugin),
        Stream.of(defaults, http, Stream.of(more)).flatMap(s -> s).toArray(String[]::new));
  }
}
