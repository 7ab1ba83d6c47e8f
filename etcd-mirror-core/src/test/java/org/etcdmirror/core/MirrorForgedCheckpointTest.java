package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.core.internal.checkpoint.ScopeNote;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A forged checkpoint makes the mirror compare, or fail with a plain message; no more. */
class MirrorForgedCheckpointTest extends MirrorFixture {

  private static final int MEBIBYTE = 1 << 20;
  private static final String LATE = "+1000000000-12-31T23:59:59Z";
  private static final String EARLY = "-1000000000-01-01T00:00:00Z";

  /** Far more than the notes that a mirror writes itself. */
  private static final int STORED_AT_MOST = 128 * 1024;

  static Stream<Arguments> notes() {
    return Stream.of(
        Arguments.of("scope", "x".repeat(MEBIBYTE)),
        Arguments.of("scope", scopes(1, 10_000)),
        Arguments.of("scope", scopes(30_000, 1)),
        Arguments.of(
            "scope", scopes(1, 1) + "\nexclude 0 " + "(".repeat(50_000) + ")".repeat(50_000)),
        Arguments.of("scope", scopes(1, 1) + "\nexclude 99999999999 a"),
        Arguments.of("scope", "keys PATHS PATHS\nfrom /a"),
        Arguments.of("scope", "keys SLASHES PATHS\nfrom /a\nto /a"),
        Arguments.of("anchor", "1 99999999999999999999 /conf/a"),
        Arguments.of("anchor", "-1 -5 /conf/a"),
        Arguments.of("anchor", Long.MAX_VALUE + " " + Long.MAX_VALUE + " /conf/a"),
        Arguments.of("anchor", "1 1 0x"),
        Arguments.of("anchor", "1 1 /" + "k".repeat(MEBIBYTE)),
        Arguments.of("anchor-lasting", "9 1 /conf/a"),
        Arguments.of("expiring", "A".repeat(MEBIBYTE)),
        Arguments.of("expiring", "not base 64"),
        Arguments.of("hidden", "0xzz"),
        Arguments.of("hidden", lines("/conf/key-", 60_000)),
        Arguments.of("must-suspects", "lost " + LATE + " -\neverything"),
        Arguments.of("must-suspects", "lost " + EARLY + " -\ntree /\nkey /other\ntree /other"),
        Arguments.of("must-suspects", lines("lost 2020-01-01T00:00:00Z http://a:", 20_000)),
        Arguments.of(
            "must-suspects", "lost 2020-01-01T00:00:00Z -\n" + lines("key /conf/", 50_000)),
        Arguments.of(
            "must-suspects", "lost 2020-01-01T00:00:00Z " + "e".repeat(MEBIBYTE) + "\neverything"),
        Arguments.of("must-suspects", "key /conf/a"),
        Arguments.of("must-compare", "FORCED at index 99999999999999999999999 since " + LATE),
        Arguments.of("must-compare", "FORCED at index 1 since " + EARLY),
        Arguments.of("must-compare", "; ".repeat(MEBIBYTE / 2)),
        Arguments.of("must-compare", "x".repeat(MEBIBYTE)),
        Arguments.of("must-be-new", "x".repeat(MEBIBYTE)),
        Arguments.of("cutover", "9".repeat(MEBIBYTE)),
        Arguments.of("begun-empty", ""),
        Arguments.of("asked", "x".repeat(MEBIBYTE)),
        Arguments.of("writing", "x".repeat(MEBIBYTE)),
        Arguments.of("no-note-of-ours", "x".repeat(MEBIBYTE)),
        Arguments.of("must-compare-at-start", "x".repeat(MEBIBYTE)));
  }

  private static String scopes(int count, int prefixes) {
    return IntStream.range(0, count)
        .mapToObj(scope ->
            "keys PATHS PATHS"
                + IntStream.range(0, prefixes)
                    .mapToObj(
                        prefix -> "\nfrom /f%1$d-%2$d\nto /f%1$d-%2$d".formatted(scope, prefix))
                    .collect(Collectors.joining()))
        .collect(Collectors.joining("\n"));
  }

  private static String lines(String text, int count) {
    return IntStream.range(0, count).mapToObj(i -> text + i).collect(Collectors.joining("\n"));
  }

  private Map<String, String> levelBesideOthers() throws InterruptedException {
    source.put("/conf/a", "1");
    sink.preset("/other/x", "theirs");
    following().close();
    eventually(() -> store.index() == source.index());
    return sink.values();
  }

  @ParameterizedTest(name = "[{index}] {0}")
  @MethodSource("notes")
  void forgedNoteCausesNoCrashGrowthOrDelete(String name, String note) throws Exception {
    Map<String, String> before = levelBesideOthers();
    Map<String, String> notes = new TreeMap<>(store.notes());
    notes.put(name, note);
    store.presetNotes(notes);
    EtcdMirror mirror = started();
    eventually(() ->
        mirror.status().state() == MirrorState.FAILED
            || mirror.status().state() == MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(before);
    if (mirror.status().state() == MirrorState.FAILED) {
      assertPlain(requireNonNull(mirror.status().lastError()));
    } else {
      source.put("/conf/b", "2");
      level(mirror);
      eventually(() -> store.index() == source.index());
      assertThat(store.notes().values().stream().mapToInt(String::length).sum())
          .isLessThan(STORED_AT_MOST);
    }
  }

  private static void assertPlain(String failure) {
    assertThat(failure)
        .hasSizeLessThan(1_000)
        .doesNotContain("Exception", "java.", "Overflow", "overflow");
  }

  static Stream<Checkpoint> checkpoints() {
    return Stream.of(
        new Checkpoint(Long.MAX_VALUE, "cluster-1", null, Instant.now()),
        new Checkpoint(Long.MAX_VALUE, "c".repeat(MEBIBYTE), "s".repeat(MEBIBYTE), Instant.MAX),
        new Checkpoint(1, "cluster-1", null, Instant.MIN),
        new Checkpoint(1, "cluster-1", null, Instant.MAX),
        new Checkpoint(1, "cluster-1", null, Instant.EPOCH).whileApplying(Long.MAX_VALUE));
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("checkpoints")
  void extremeIndexesAndTimesDoNotPreventFollowing(Checkpoint forged) throws Exception {
    Map<String, String> before = levelBesideOthers();
    store.preset(forged);
    EtcdMirror mirror = started(b -> b.catchUp(CatchUp.hold(1_000, Duration.ofDays(1))));
    eventually(() -> {
      MirrorStatus now = mirror.status();
      if (now.pending() != null) {
        mirror.approve(requireNonNull(now.pending()).token());
      }
      return now.state() == MirrorState.FOLLOWING || now.state() == MirrorState.FAILED;
    });
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    level(mirror);
    assertThat(sink.values()).isEqualTo(before);
  }

  /** A mirror can read as many former scopes as it writes. */
  @Test
  void maximumNumberOfFormerScopesIsReadable() {
    assertThat(ScopeNote.parseOthers(scopes(ScopeNote.MOST_SCOPES, 1), null))
        .hasSize(ScopeNote.MOST_SCOPES);
  }
}
