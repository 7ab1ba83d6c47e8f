package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that takes the place of an older program, between two real servers. */
@Timeout(600)
@EtcdTest
class EtcdmirrorCommandTest {

  private static final String INDEX = "/__replication/conftool";

  private final EtcdServer sourceEtcd;
  private final EtcdServer targetEtcd;
  private final V2Http source;
  private final V2Http target;
  private final OldProgram old;

  EtcdmirrorCommandTest(EtcdServer sourceEtcd, EtcdServer targetEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.targetEtcd = targetEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    target = new V2Http(targetEtcd.clientUrl());
    old = new OldProgram(target, INDEX);
  }

  /** The copy that the old program has made of one key. */
  private void loadedByOldProgram() {
    source.put("/conftool/a", "1");
    old.loads("/conftool/a", "1", modifiedIndex("/conftool/a"));
  }

  /** The writes that etcd makes for itself move its index, too. */
  private void assertHandedBackBehind(String key, OldProgram program) {
    assertThat(program.startsAt()).isBetween(modifiedIndex(key), source.index());
  }

  @Test
  void indexOfTheOldProgramIsContinuedAndHandedBack() throws Exception {
    loadedByOldProgram();
    source.put("/conftool/b", "2");
    try (ServiceProcess service = conftool("--strict")) {
      eventually(this::assertEqual);
      eventually(() -> assertThat(service.page("/lag").body()).isEqualTo("0\n"));
      assertThat(service.page("/status").body()).contains("\"resyncs\":0");
      stop(service);
    }
    assertHandedBackBehind("/conftool/b", old);

    source.put("/conftool/c", "3");
    old.replicates("/conftool/c", "3", modifiedIndex("/conftool/c"));
    source.put("/conftool/d", "4");
    try (ServiceProcess service = conftool("--strict")) {
      eventually(this::assertEqual);
      assertThat(service.page("/status").body()).contains("\"resyncs\":0");
      stop(service);
    }
  }

  @Test
  void oldProgramThatStillRunsEndsTheMirror() throws Exception {
    loadedByOldProgram();
    try (ServiceProcess service = conftool()) {
      service.awaitLine("-> FOLLOWING");
      source.put("/conftool/b", "2");
      eventually(this::assertEqual);

      old.replicates("/conftool/b", "2", modifiedIndex("/conftool/b"));

      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(lastLine(service)).contains(INDEX);
    }
  }

  /** SRC and DST are swapped: the live keys would be overwritten by older ones. */
  @Test
  void keysInATargetWithoutIndexAreNotOverwritten() throws Exception {
    source.put("/conftool/a", "old");
    target.put("/conftool/a", "newer");
    try (ServiceProcess service = conftool()) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(lastLine(service)).contains("sink is not empty", "--reload");
    }
    assertThat(target.tree("/conftool")).containsEntry("/conftool/a", "newer");
  }

  @Test
  void ignoredKeysAreLeftOutAndMoveTheIndex() throws Exception {
    loadedByOldProgram();
    try (ServiceProcess service = conftool("--src-ignore-keys-regex", "/conftool/locks(/.*)?")) {
      service.awaitLine("-> FOLLOWING");
      source.put("/conftool/locks/x", "1");
      long ignored = modifiedIndex("/conftool/locks/x");

      eventually(() -> assertThat(old.startsAt()).isGreaterThanOrEqualTo(ignored));

      assertThat(target.tree("/conftool")).containsOnlyKeys("/conftool/a");
      assertThat(service.page("/lag").body()).isEqualTo("0\n");
      stop(service);
    }
  }

  @Test
  void prefixIsPutBehindReplicaUnlessAnotherIsNamed() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = start()) {
      eventually(
          () -> assertThat(target.tree("/replica")).containsEntry("/replica/conftool/a", "1"));
      eventually(() ->
          assertThat(new OldProgram(target, "/__replication/replica").startsAt()).isPositive());
      stop(service);
    }
  }

  @Test
  void indexOfTheWholeKeyspaceIsWhereTheOldProgramHasIt() throws Exception {
    source.put("/conftool/a", "1");
    target.put("/conftool/a", "1");
    OldProgram whole = new OldProgram(target, "/__replication/__ROOT__");
    whole.loads("/conftool/a", "1", modifiedIndex("/conftool/a"));
    source.put("/other/b", "2");
    try (ServiceProcess service = start("--strict", "--strip", "--dst-prefix", "/")) {
      eventually(() -> assertThat(target.tree("/")).isEqualTo(source.tree("/")));
      stop(service);
    }
    assertHandedBackBehind("/other/b", whole);
  }

  @Test
  void lostHistoryIsMendedByAComparison() throws Exception {
    loadedByOldProgram();
    loseHistory();
    try (ServiceProcess service = conftool()) {
      eventually(this::assertEqual);
      stop(service);
    }
  }

  @Test
  void strictEndsWhereHistoryIsLostAndReloadMendsIt() throws Exception {
    loadedByOldProgram();
    loseHistory();
    for (int start = 0; start < 2; start++) {
      try (ServiceProcess service = conftool("--strict")) {
        assertThat(service.exitCode()).isEqualTo(1);
        assertThat(lastLine(service))
            .startsWith("etcd-mirror: ")
            .contains("history is cleared")
            .endsWith("; start it with --reload to compare both sides");
      }
    }
    try (ServiceProcess service = conftool("--strict", "--reload")) {
      eventually(this::assertEqual);
      stop(service);
    }
    try (ServiceProcess service = conftool("--strict")) {
      service.awaitLine("-> FOLLOWING");
      stop(service);
    }
  }

  @Test
  void strictEndsWhereTheTargetHasKeysButNoIndex() throws Exception {
    source.put("/conftool/a", "1");
    target.put("/conftool/a", "1");
    try (ServiceProcess service = conftool("--strict")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(lastLine(service))
          .contains("requires an empty sink")
          .endsWith("; start it with --reload to compare both sides");
    }
  }

  @Test
  void reloadDeletesUnattendedAndIsNeverEmpty() throws Exception {
    source.put("/conftool/a", "1");
    target.put("/conftool/a", "1");
    long untouched = target.get("/conftool/a", "").modifiedIndex();
    for (int i = 0; i < 150; i++) {
      target.put("/conftool/stale/" + i, "x");
    }
    try (ServiceProcess service = conftool("--reload")) {
      eventually(this::assertEqual);
      eventually(() -> assertThat(service.page("/readyz").statusCode()).isEqualTo(200));
      source.put("/conftool/b", "2");
      eventually(this::assertEqual);
      stop(service);
    }
    assertThat(target.get("/conftool/a", "").modifiedIndex()).isEqualTo(untouched);
  }

  @Test
  void reloadComparesAlsoWhereTheIndexCouldBeContinued() throws Exception {
    loadedByOldProgram();
    target.put("/conftool/a", "changed");
    target.put("/conftool/extra", "x");
    try (ServiceProcess service = conftool("--reload")) {
      eventually(this::assertEqual);
      stop(service);
    }
  }

  @Test
  void reloadOfAnEmptySourceEndsAndDeletesNothing() throws Exception {
    source.put("/conftool/directory", Map.of("dir", "true"));
    old.loads("/conftool/a", "1", 1);
    try (ServiceProcess service = conftool("--reload")) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(lastLine(service)).contains("would delete 1 of ", "the source is empty");
    }
    assertThat(target.tree("/conftool")).containsEntry("/conftool/a", "1");
  }

  /** Two source prefixes go behind one target prefix, and so have one index. */
  @Test
  void reloadAsksBeforeItDeletesWhatAnotherPrefixLeft() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/other/b", "2");
    try (ServiceProcess service = start("--src-prefix", "/conftool")) {
      eventually(
          () -> assertThat(target.tree("/replica")).containsEntry("/replica/conftool/a", "1"));
      stop(service);
    }
    try (ServiceProcess service = start("--src-prefix", "/other", "--reload")) {
      service.awaitLine("-> BLOCKED");
      assertThat(service.page("/status").body()).contains("/replica/conftool");
      stop(service);
    }
    assertThat(target.tree("/replica")).containsEntry("/replica/conftool/a", "1");
  }

  /** The old program's copies have the time to live of the moment at which they were written. */
  @Test
  void reloadTakesTheTimeToLiveFromTheCopies() throws Exception {
    source.put("/conftool/a", Map.of("value", "1", "ttl", "900"));
    target.put("/conftool/a", Map.of("value", "1", "ttl", "900"));
    target.put(INDEX, Long.toString(modifiedIndex("/conftool/a")));
    try (ServiceProcess service = conftool("--reload")) {
      eventually(() ->
          assertThat(target.get("/conftool/a", "").json().at("/node/ttl").isMissingNode())
              .isTrue());
      stop(service);
    }
  }

  @Test
  void metricsHaveTheNamesAndLabelsOfTheOldProgram() throws Exception {
    loadedByOldProgram();
    try (ServiceProcess service = conftool("--reload")) {
      service.awaitLine("-> FOLLOWING");
      source.put("/conftool/b", "2");
      eventually(this::assertEqual);
      String labels = "prefix=\"/conftool\"";
      String url = "url=\"" + targetEtcd.clientUrl() + "\"";
      eventually(() -> {
        List<String> scrape = service.page("/metrics").body().lines().toList();
        assertThat(scrape)
            .anySatisfy(
                line -> assertThat(line).startsWith("etcdmirror_lag{").contains(labels, url))
            .anySatisfy(line ->
                assertThat(line)
                    .startsWith("etcdmirror_write_latency_count{")
                    .contains(labels, url)
                    .endsWith(" 1"))
            .contains("etcdmirror_load_time_count 1", "etcdmirror_replicated_events_total 1.0");
      });
      stop(service);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void signalEndsItWithExitCodeZero(String signal) throws Exception {
    loadedByOldProgram();
    try (ServiceProcess service = conftool()) {
      service.awaitLine("-> FOLLOWING");
      service.signal(signal);
      assertThat(service.exitCode()).isZero();
    }
  }

  @Test
  void portInUseEndsItWithExitCodeOne() throws Exception {
    try (ServerSocket taken = new ServerSocket(0);
        ServiceProcess service = start("--port", Integer.toString(taken.getLocalPort()))) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(lastLine(service)).contains("cannot listen on 0.0.0.0:" + taken.getLocalPort());
    }
  }

  private void loseHistory() throws Exception {
    source.put("/conftool/b", "2");
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);
  }

  /** Mirrors /conftool as the unit of the old program does. */
  private ServiceProcess conftool(String... more) throws IOException {
    return start(
        Stream.concat(
                Stream.of("--strip", "--src-prefix", "/conftool", "--dst-prefix", "/conftool"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  private ServiceProcess start(String... arguments) throws IOException {
    List<String> given = List.of(arguments);
    Stream<String> port = given.contains("--port") ? Stream.of() : Stream.of("--port", "0");
    Stream<String> sides =
        Stream.of(sourceEtcd.clientUrl().toString(), targetEtcd.clientUrl().toString());
    return ServiceProcess.start(
        List.of(),
        Stream.of(Stream.of("etcdmirror"), given.stream(), port, sides)
            .flatMap(words -> words)
            .toArray(String[]::new));
  }

  private static void stop(ServiceProcess service) throws Exception {
    service.signal("TERM");
    assertThat(service.exitCode()).as("%s", service.err()).isZero();
  }

  private static String lastLine(ServiceProcess service) {
    return service.err().get(service.err().size() - 1);
  }

  private long modifiedIndex(String key) {
    return source.get(key, "quorum=true").modifiedIndex();
  }

  private void assertEqual() {
    assertThat(target.tree("/conftool")).isEqualTo(source.tree("/conftool"));
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }
}
