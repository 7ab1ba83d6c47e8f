package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands 'index show' and 'index set' read and move a stored index. */
@Tag("long")
@Timeout(600)
@EtcdTest
class IndexCommandTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V2Http sink2;
  private final V3Http sink3;

  IndexCommandTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    sink2 = new V2Http(sinkEtcd.clientUrl());
    sink3 = new V3Http(sinkEtcd.clientUrl());
  }

  @Test
  void showReportsTheStoredIndexAndTheNextRun() {
    long index = mirrored("v2");
    source.put("/elsewhere", "x");

    Cli shown = command("v2", "index", "show");

    assertThat(shown.code()).isZero();
    assertThat(value(shown, "link")).isEqualTo("/conftool");
    assertThat(value(shown, "stored index")).isEqualTo(Long.toString(index));
    assertThat(value(shown, "cluster")).isEqualTo(value(shown, "source cluster"));
    assertThat(value(shown, "source index")).isEqualTo(Long.toString(index + 1));
    assertThat(value(shown, "behind")).isEqualTo("1 events");
    assertThat(value(shown, "history"))
        .isEqualTo(
            "begins at 1, the source may clear %d events before the stored index is lost"
                .formatted(index));
    assertThat(value(shown, "next run")).isEqualTo("continues from the stored index");
  }

  @Test
  void showReportsThatNoIndexIsStored() {
    Cli shown = command("v2", "index", "show");

    assertThat(shown.code()).isZero();
    assertThat(value(shown, "stored index")).isEqualTo("none");
    assertThat(value(shown, "next run"))
        .isEqualTo(
            "makes the first copy: no index is stored; the source is at index %d"
                .formatted(source.index()));
  }

  @Test
  void showReportsLostHistory() throws Exception {
    mirrored("v2");
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);

    Cli shown = command("v2", "index", "show");

    assertThat(value(shown, "history"))
        .matches("begins at \\d+, \\d+ events after the stored index");
    assertThat(value(shown, "next run"))
        .startsWith("finds a gap: history is cleared: stored index ");
  }

  @Test
  void showDoesNotCompareIndexesOfDifferentHistories() {
    mirrored("v2");
    sourceEtcd.wipeKeepingClusterId();

    Cli shown = command("v2", "index", "show");

    assertThat(value(shown, "behind"))
        .isEqualTo("not known: the index was stored for another source");
    assertThat(value(shown, "history")).isEqualTo("begins at 1");
    assertThat(value(shown, "next run")).startsWith("finds a gap: the source went backwards: ");
  }

  @Test
  void showReportsAWipedSourceThatPassedTheStoredIndexAgain() {
    long index = mirrored("v2");
    sourceEtcd.wipeKeepingClusterId();
    for (long i = source.index(); i <= index; i++) {
      source.put("/conftool/new", "x");
    }

    Cli shown = command("v2", "index", "show");

    assertThat(value(shown, "source cluster")).isEqualTo(value(shown, "cluster"));
    assertThat(value(shown, "next run"))
        .startsWith("finds a gap: the source is another cluster, or was wiped or restored: ");
  }

  @Test
  void explicitLinkKeepsItsIndexWhenThePrefixChanges() {
    source.put("/conftool/a", "1");
    once("v2", "--link", "eqiad");
    assertThat(holds("v2", "/__replication/eqiad")).isTrue();
    assertThat(holds("v2", "/__replication/conftool")).isFalse();

    Cli shown = command("v2", "index", "show", "--link", "eqiad", "--prefix", "/conftool/v1");

    assertThat(value(shown, "next run")).startsWith("finds a gap: ").contains("scope");
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void setWithoutForceExplainsAndChangesNothing(String api) {
    long index = mirrored(api);
    source.put("/conftool/b", "2");
    source.put("/conftool/c", "3");

    Cli forward = command(api, "index", "set", Long.toString(index + 2));
    Cli back = command(api, "index", "set", Long.toString(index - 1));

    assertThat(forward.code()).isEqualTo(3);
    assertThat(forward.out())
        .startsWith(
            "forward from %d to %d: the changes of the 2 events".formatted(index, index + 2))
        .endsWith("nothing was changed; --force moves the index\n");
    assertThat(back.code()).isEqualTo(3);
    assertThat(back.out()).startsWith("back from %d to %d: ".formatted(index, index - 1));
    assertThat(stored(api)).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void nextRunContinuesFromTheForcedIndex(String api) throws Exception {
    long index = mirrored(api);
    source.put("/conftool/never-seen", "2");

    Cli moved = command(api, "index", "set", "--force", Long.toString(index + 1));

    assertThat(moved.code()).as("%s", moved).isZero();
    Cli shown = command(api, "index", "show");
    assertThat(stored(api)).isEqualTo(index + 1);
    assertThat(value(shown, "next run")).isEqualTo("continues from the stored index");
    source.put("/conftool/seen", "3");
    try (ServiceProcess service = ServiceProcess.start(List.of(), words(api, "run"))) {
      await().atMost(PATIENCE).until(() -> holds(api, "/conftool/seen"));
    }
    assertThat(holds(api, "/conftool/never-seen")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void forcedSetRecordsTheMoveInANote(String api) {
    long index = mirrored(api);
    command(api, "index", "set", "--force", Long.toString(index - 1));

    Cli shown = command(api, "index", "show");

    assertThat(value(shown, "note moved"))
        .startsWith("from %d to %d at 2".formatted(index, index - 1))
        .endsWith(" by index set");
  }

  @Test
  void indexAboveTheSourceIsRefusedEvenWithForce() {
    long index = mirrored("v2");

    Cli refused = command("v2", "index", "set", "--force", Long.toString(index + 1));

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo(
            "etcd-mirror: index is not between 0 and the source's newest index %d: %d; name one that is\n"
                .formatted(index, index + 1));
    assertThat(stored("v2")).isEqualTo(index);
  }

  @Test
  void setWithoutAStoredIndexNeedsForce() {
    source.put("/conftool/a", "1");
    String index = Long.toString(source.index());

    assertThat(command("v2", "index", "set", index).code()).isEqualTo(3);
    assertThat(holds("v2", "/__replication/conftool")).isFalse();
    assertThat(command("v2", "index", "set", index, "--force").code()).isZero();

    assertThat(value(command("v2", "index", "show"), "next run"))
        .isEqualTo("continues from the stored index");
  }

  @Test
  void setToTheStoredIndexDoesNothing() {
    long index = mirrored("v2");

    Cli same = command("v2", "index", "set", Long.toString(index));

    assertThat(same.code()).isZero();
    assertThat(same.out()).isEqualTo("the stored index is %d already\n".formatted(index));
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void forcedSetIsRefusedWhileAMirrorRuns(String api) throws Exception {
    long index = mirrored(api);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer =
        new Thread(() -> {
          for (int i = 0; !done.get(); i++) {
            source.put("/conftool/busy", Integer.toString(i));
          }
        });
    try (ServiceProcess service = ServiceProcess.start(List.of(), words(api, "run"))) {
      service.awaitLine("-> FOLLOWING");
      writer.start();

      Cli refused = command(api, "index", "set", "--force", Long.toString(index - 1));

      assertThat(refused.code()).as("%s", refused).isEqualTo(1);
      assertThat(refused.err()).startsWith("etcd-mirror: a mirror runs on this link");
      done.set(true);
      writer.join();
      service.signal("TERM");
      assertThat(service.exitCode()).as("the mirror is not harmed").isZero();
    } finally {
      done.set(true);
    }
  }

  /** Mirrors one key and returns the index that is stored then. */
  private long mirrored(String api) {
    source.put("/conftool/a", "0");
    source.put("/conftool/a", "1");
    once(api);
    return stored(api);
  }

  private void once(String api, String... more) {
    Outcome outcome =
        InProcess.once(
            "v2:" + sourceEtcd.clientUrl(),
            api + ":" + sinkEtcd.clientUrl(),
            "/conftool",
            (Object[]) more);
    assertThat(outcome).isEqualTo(Outcome.DONE);
  }

  private long stored(String api) {
    return Long.parseLong(value(command(api, "index", "show"), "stored index"));
  }

  private boolean holds(String api, String key) {
    return api.equals("v2")
        ? sink2.get(key, "quorum=true").status() == 200
        : !sink3.values(key).isEmpty();
  }

  private Cli command(String api, String... command) {
    return Cli.execute(words(api, command));
  }

  private String[] words(String api, String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--source", "v2:" + sourceEtcd.clientUrl()));
    words.addAll(List.of("--sink", api + ":" + sinkEtcd.clientUrl()));
    if (command[0].equals("run")) {
      words.addAll(List.of("--http", "none"));
    }
    if (!words.contains("--prefix")) {
      words.addAll(List.of("--prefix", "/conftool"));
    }
    return words.toArray(String[]::new);
  }

  private static String value(Cli shown, String name) {
    return shown
        .out()
        .lines()
        .filter(line -> line.startsWith("%-15s ".formatted(name)))
        .map(line -> line.substring(16))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no '%s' in %s".formatted(name, shown)));
  }
}
