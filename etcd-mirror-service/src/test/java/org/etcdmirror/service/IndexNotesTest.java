package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.PipelinedWriter;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.V2IndexStore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes on a stored index that restrict the next run: how they are shown and removed. */
@Tag("long")
@Timeout(600)
@EtcdTest
class IndexNotesTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V2Http sink;

  IndexNotesTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    sink = new V2Http(sinkEtcd.clientUrl());
  }

  /** Adds a note to the stored index, as a mirror that ended in a gap leaves it. */
  private void note(long index, String name, String text) throws Exception {
    try (V2IndexStore store =
        V2IndexStore.open(List.of(sinkEtcd.clientUrl().toString()), "/conftool")) {
      Checkpoint at =
          store
              .load()
              .orElseGet(
                  () -> new Checkpoint(index, null, null, Instant.parse("2026-01-01T00:00:00Z")));
      store.save(at.withNotes(Map.of(name, text)));
    }
  }

  @Test
  void showReportsAnUnfinishedFirstCopy() throws Exception {
    note(
        0,
        "must-compare",
        "NO_CHECKPOINT at index 0 since 2026-01-02T03:04:05Z (first copy not finished)");

    Cli shown = command("index", "show");

    assertThat(value(shown, "stored index")).isEqualTo("none, the first copy is not finished");
    assertThat(shown.out()).doesNotContain("behind");
    assertThat(value(shown, "next run")).startsWith("makes the first copy: ");
  }

  @Test
  void showReportsThatTheNextRunMustCompare() throws Exception {
    long index = mirrored();
    note(index, "must-compare", "INDEX_DISPROVED at index 7 since 2026-01-02T03:04:05Z");

    Cli shown = command("index", "show");

    assertThat(value(shown, "note must-compare")).startsWith("INDEX_DISPROVED at index 7 since ");
    assertThat(value(shown, "next run")).startsWith("finds a gap: the index was wrong");
  }

  @Test
  void unknownNoteIsShownAndPreventsRunAndSet() throws Exception {
    long index = mirrored();
    note(index, "must-fly", "soon");

    Cli shown = command("index", "show");
    Cli moved = command("index", "set", "--force", "1");

    assertThat(shown.code()).as("%s", shown).isZero();
    assertThat(value(shown, "note must-fly")).isEqualTo("soon");
    assertThat(value(shown, "next run")).startsWith("refuses to start: ");
    assertThat(moved.code()).isEqualTo(1);
    assertThat(stored()).isEqualTo(index);
  }

  @Test
  void onlyForcedSetRemovesTheMustCompareNote() throws Exception {
    long index = mirrored();
    note(index, "must-compare", "INDEX_DISPROVED at index 7 since 2026-01-02T03:04:05Z");

    Cli asked = command("index", "set", Long.toString(index));

    assertThat(asked.code()).isEqualTo(3);
    assertThat(asked.out())
        .contains("the next run would compare both sides (INDEX_DISPROVED at index 7 since ")
        .endsWith("nothing was changed; --force moves the index\n");
    assertThat(command("index", "set", "--force", Long.toString(index)).code()).isZero();
    Cli shown = command("index", "show");
    assertThat(shown.out()).doesNotContain("note must-compare");
    assertThat(value(shown, "note moved")).contains(", not compared: INDEX_DISPROVED at index 7");
    assertThat(value(shown, "next run")).isEqualTo("continues from the stored index");
  }

  @Test
  void onlyForcedSetForgetsFormerPrefixes() throws Exception {
    long index = mirrored();
    sink.put("/other/x", "theirs");
    note(
        index,
        "scope",
        "keys PATHS PATHS\nfrom /conftool\nto /conftool\nkeys PATHS PATHS\nfrom /other\nto /other");
    assertThat(once("--recovery", "resync").exitCode()).isEqualTo(1);
    assertThat(command("plan").out()).contains("under the former prefix /other");

    Cli asked = command("index", "set", Long.toString(index));

    assertThat(asked.code()).isEqualTo(3);
    assertThat(asked.out()).contains("the checkpoint lists former prefixes");
    assertThat(command("index", "set", "--force", Long.toString(stored())).code()).isZero();
    assertThat(once("--recovery", "resync").exitCode()).isZero();
    assertThat(sink.tree("/other")).containsKey("/other/x");
  }

  @Test
  void formerPrefixGivenAsOptionIsCleanedUp() throws Exception {
    long index = mirrored();
    sink.put("/other/x", "theirs");
    note(
        index,
        "scope",
        "keys PATHS PATHS\nfrom /conftool\nto /conftool\nkeys PATHS PATHS\nfrom /other\nto /other");

    assertThat(once("--former-prefix", "/third", "--max-deletes", "100%").exitCode()).isEqualTo(1);
    assertThat(command("plan", "--former-prefix", "other").code()).isEqualTo(2);
    assertThat(sink.tree("/other")).containsKey("/other/x");
    assertThat(once("--former-prefix", "/other", "--max-deletes", "100%").exitCode()).isZero();
    assertThat(sink.get("/other", "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail", "skip-gap"})
  void onceAppliesTheRecoveryOptionToAGap(String recovery) throws Exception {
    long index = mirrored();
    source.put("/conftool/lost", "1");
    PipelinedWriter.storm(sourceEtcd.clientUrl(), "/locks", 4, 500);

    Outcome outcome = once("--recovery", recovery);

    assertThat(sink.tree("/conftool")).doesNotContainKey("/conftool/lost");
    if (recovery.equals("fail")) {
      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(stored()).isEqualTo(index);
    } else {
      assertThat(outcome).isEqualTo(Outcome.DONE);
      assertThat(stored()).isGreaterThan(index + 2000);
    }
  }

  private Outcome once(String... more) {
    return InProcess.once(
        "v2:" + sourceEtcd.clientUrl(), "v2:" + sinkEtcd.clientUrl(), "/conftool", (Object[]) more);
  }

  private long mirrored() {
    source.put("/conftool/a", "0");
    source.put("/conftool/a", "1");
    assertThat(once()).isEqualTo(Outcome.DONE);
    return stored();
  }

  private long stored() {
    return Long.parseLong(value(command("index", "show"), "stored index"));
  }

  private Cli command(String... command) {
    List<String> words = new ArrayList<>(List.of(command));
    words.addAll(List.of("--source", "v2:" + sourceEtcd.clientUrl(), "--prefix", "/conftool"));
    words.addAll(List.of("--sink", "v2:" + sinkEtcd.clientUrl()));
    return Cli.execute(words.toArray(String[]::new));
  }

  private static String value(Cli shown, String name) {
    return shown
        .out()
        .lines()
        .filter(line -> line.startsWith("%-15s ".formatted(name)))
        .map(line -> line.substring(Math.max(15, name.length()) + 1))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no '%s' in %s".formatted(name, shown)));
  }
}
