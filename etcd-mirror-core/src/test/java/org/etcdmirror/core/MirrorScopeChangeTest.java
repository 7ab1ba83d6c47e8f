package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A scope change removes the entries of former scopes from the sink, and nothing else. */
class MirrorScopeChangeTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);
  private static final String OURS = "kept by others";

  private void use(KeyModel model) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
  }

  /** Puts these keys in the source, and foreign keys in the sink. */
  private void fill(String... keys) {
    for (String key : keys) {
      source.put(key, "v" + key);
    }
    sink.preset("/ours", OURS);
    sink.preset("/conftool/ours", OURS);
  }

  private void run(MirrorScope next) throws InterruptedException {
    scope = next;
    EtcdMirror mirror = following(b -> named(b.deleteLimit(ANY)));
    eventually(() -> store.index() == source.index());
    mirror.close();
  }

  /** All former prefixes of these tests. */
  private EtcdMirrorBuilder named(EtcdMirrorBuilder builder) {
    return builder.formerPrefix("/");
  }

  /** The sink holds the foreign keys and, for each name, the source's value. */
  private void assertHeld(String... names) {
    Map<String, String> held = new TreeMap<>(sink.values());
    assertThat(held.remove("/ours")).isEqualTo(OURS);
    assertThat(held.remove("/conftool/ours")).isEqualTo(OURS);
    Map<String, String> expected = new TreeMap<>();
    for (String name : names) {
      String[] sides = name.split("=");
      expected.put(sides[sides.length - 1], "v" + sides[0]);
    }
    assertThat(held).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void narrowerPrefixDeletesRestOfFormerScope(KeyModel model) throws Exception {
    use(model);
    fill("/conf/a/x", "/conf/b/y", "/conf/ab");
    run(MirrorScope.of("/conf/"));
    run(MirrorScope.of("/conf/a/"));
    assertHeld("/conf/a/x");
    assertThat(sink.formerPrefixes()).containsExactly(model == KeyModel.PATHS ? "/conf" : "/conf/");
    assertThat(told.reasons()).containsExactly(Gap.Reason.SCOPE_CHANGED);
    assertThat(told.resyncs.get(1).written()).isZero();
    assertThat(told.resyncs.get(1).deleted()).isEqualTo(model == KeyModel.PATHS ? 3 : 2);
    run(MirrorScope.of("/conf/"));
    assertHeld("/conf/a/x", "/conf/b/y", "/conf/ab");
  }

  @Test
  void directoriesOfFormerScopeAreDeleted() throws Exception {
    fill("/conf/a/b/x", "/conf/c/d/y");
    run(MirrorScope.of("/conf"));
    run(MirrorScope.of("/conf/a/b"));
    assertThat(PathEvents.entries(sink.held).stream().map(entry -> entry.key().toString()))
        .containsExactly(
            "/conf", "/conf/a", "/conf/a/b", "/conf/a/b/x", "/conftool", "/conftool/ours", "/ours");
  }

  @ParameterizedTest
  @EnumSource
  void addedAndRemovedPrefixesAreFollowed(KeyModel model) throws Exception {
    use(model);
    fill("/a/1", "/b/2", "/c/3");
    run(MirrorScope.of("/a/", "/b/"));
    assertHeld("/a/1", "/b/2");
    run(MirrorScope.of("/b/", "/c/"));
    assertHeld("/b/2", "/c/3");
    run(MirrorScope.of("/a/"));
    assertHeld("/a/1");
  }

  @ParameterizedTest
  @EnumSource
  void renamedPrefixIsRemovedFromOldPlace(KeyModel model) throws Exception {
    use(model);
    fill("/conf/a", "/conf/b");
    run(MirrorScope.builder().rename("/conf/", "/one/").build());
    assertHeld("/conf/a=/one/a", "/conf/b=/one/b");
    run(MirrorScope.builder().rename("/conf/", "/one/two/").build());
    assertHeld("/conf/a=/one/two/a", "/conf/b=/one/two/b");
    run(MirrorScope.of("/conf/"));
    assertHeld("/conf/a", "/conf/b");
  }

  private static MirrorScope excluding(String... patterns) {
    MirrorScope.Builder scope = MirrorScope.builder().prefix("/conf/");
    for (String pattern : patterns) {
      scope.exclude(Pattern.compile(pattern));
    }
    return scope.build();
  }

  @ParameterizedTest
  @EnumSource
  void addedAndRemovedExcludesAreFollowed(KeyModel model) throws Exception {
    use(model);
    fill("/conf/a", "/conf/secret/b", "/conf/lock/c");
    run(excluding("/conf/lock(/.*)?"));
    assertHeld("/conf/a", "/conf/secret/b");
    run(excluding("/conf/secret(/.*)?"));
    assertHeld("/conf/a", "/conf/lock/c");
    run(excluding());
    assertHeld("/conf/a", "/conf/lock/c", "/conf/secret/b");
  }

  @ParameterizedTest
  @EnumSource
  void keysOutsideAllScopesAreNeverTouched(KeyModel model) throws Exception {
    use(model);
    fill("/conf/a", "/conf/b");
    sink.preset("/conf/lock/ours", OURS);
    run(excluding("/conf/lock(/.*)?"));
    run(
        MirrorScope.builder()
            .rename("/conf/", "/copy/")
            .exclude(Pattern.compile("/conf/lock(/.*)?"))
            .build());
    assertThat(sink.values().remove("/conf/lock/ours")).isEqualTo(OURS);
    sink.lose("/conf/lock/ours");
    assertHeld("/conf/a=/copy/a", "/conf/b=/copy/b");
  }

  private List<String> many(String prefix, int count) {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(prefix + i);
    }
    return keys;
  }

  @Test
  void refusedDeleteOfFormerScopeIsKnownToNextRun() throws Exception {
    List<String> keys = many("/conf/a/", 101);
    keys.add("/conf/b/x");
    fill(keys.toArray(String[]::new));
    run(MirrorScope.of("/conf"));
    long index = store.index();
    scope = MirrorScope.of("/conf/b");
    EtcdMirror refused = mirror();
    assertThatThrownBy(refused::syncOnce)
        .hasCauseInstanceOf(DeleteLimitException.class)
        .hasMessageContaining("102 of 104 entries");
    refused.close();
    assertThat(sink.values()).hasSize(keys.size() + 2);
    assertThat(store.index()).isEqualTo(index);
    run(MirrorScope.of("/conf/b"));
    assertHeld("/conf/b/x");
  }

  @Test
  void nextRunFinishesScopeChange() throws Exception {
    fill("/a/1", "/b/2");
    run(MirrorScope.of("/a"));
    sink.faults.failAlways("apply", () -> new IOException("not now"));
    scope = MirrorScope.of("/b");
    EtcdMirror first = started(b -> named(b.deleteLimit(ANY)));
    eventually(() -> sink.faults.calls("apply") > 2);
    first.close();
    sink.faults.heal("apply");
    run(MirrorScope.of("/b"));
    assertHeld("/b/2");
  }

  @Test
  void revertedUnfinishedScopeChangeLeavesNothing() throws Exception {
    List<String> keys = many("/conf/", 101);
    fill(keys.toArray(String[]::new));
    MirrorScope right = MirrorScope.of("/conf");
    run(right);
    scope = MirrorScope.builder().rename("/conf", "/konf").build();
    EtcdMirror guarded = mirror();
    assertThatThrownBy(guarded::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    guarded.close();
    assertHeld(keys.toArray(String[]::new));

    AtomicInteger writes = new AtomicInteger();
    sink.faults.failAlways(
        "apply", () -> writes.incrementAndGet() == 1 ? null : new PermanentException("full"));
    EtcdMirror wrong = mirror(b -> named(b.deleteLimit(ANY)));
    assertThatThrownBy(wrong::syncOnce).hasRootCauseMessage("full");
    wrong.close();
    sink.faults.healAll();
    assertThat(sink.values()).hasSize(2 * keys.size() + 2);
    source.put("/conf/last", "v/conf/last");
    keys.add("/conf/last");
    scope = right;
    Faults.Gate gate = source.faults.block("snapshot");
    EtcdMirror again = started(b -> named(b.deleteLimit(ANY)));
    gate.awaitReached();
    assertThat(again.await(1, Duration.ZERO)).as("the wrong scope may have written").isFalse();
    gate.release();
    level(again);
    eventually(() -> store.index() == source.index());
    again.close();
    assertHeld(keys.toArray(String[]::new));
    run(right);
    assertThat(told.reasons())
        .containsExactly(
            Gap.Reason.SCOPE_CHANGED,
            Gap.Reason.SCOPE_CHANGED,
            Gap.Reason.SCOPE_CHANGED,
            Gap.Reason.FORCED);
  }

  @Test
  void manyFormerEntriesAreDeletedInSeveralPasses() throws Exception {
    List<String> keys = many("/conf/a/", 50);
    keys.addAll(many("/conf/c/d/", 50));
    keys.add("/conf/b/x");
    fill(keys.toArray(String[]::new));
    run(MirrorScope.of("/conf"));
    scope = MirrorScope.of("/conf/b");
    following(b -> named(b.deleteLimit(ANY)).maxDeletesHeld(7));
    assertHeld("/conf/b/x");
    assertThat(PathEvents.entries(sink.held).stream().map(entry -> entry.key().toString()))
        .doesNotContain("/conf/a", "/conf/c", "/conf/c/d");
  }

  @Test
  void mirrorHasNoIndexBeforeScopeChangeIsResynced() throws Exception {
    fill("/a/1", "/b/2");
    run(MirrorScope.of("/a"));
    Faults.Gate gate = source.faults.block("snapshot");
    scope = MirrorScope.of("/b");
    EtcdMirror mirror = started(b -> named(b.deleteLimit(ANY)));
    gate.awaitReached();
    assertThat(mirror.await(1, Duration.ZERO)).isFalse();
    assertThat(mirror.status().index()).isZero();
    gate.release();
    level(mirror);
    assertHeld("/b/2");
  }

  @Test
  void idleMirrorAddsMissingScopeNote() throws Exception {
    resumable(source.index());
    following();
    eventually(() -> "keys PATHS PATHS\nfrom /conf\nto /conf".equals(store.notes().get("scope")));
    assertThat(told.gaps).isEmpty();
  }

  @Test
  void entriesOfUnknownFormerScopeStay() throws Exception {
    fill("/a/1", "/b/2");
    run(MirrorScope.of("/a"));
    store.presetNotes(Map.of());
    run(MirrorScope.of("/b"));
    assertHeld("/a/1", "/b/2");
    assertThat(told.reasons()).endsWith(Gap.Reason.SCOPE_CHANGED);
  }

  @Test
  void unreadableScopeNoteCountsAsUnknownScope() throws Exception {
    fill("/a/1", "/b/2");
    run(MirrorScope.of("/a"));
    store.presetNotes(Map.of("scope", "keys PATHS PATHS\nfrom /a\nto /a\nand more"));
    run(MirrorScope.of("/b"));
    assertHeld("/a/1", "/b/2");
    assertThat(store.notes().get("scope")).isEqualTo("keys PATHS PATHS\nfrom /b\nto /b");
  }

  @Test
  void replacedClusterWithNewScopeRemovesOldEntries() throws Exception {
    fill("/a/1");
    run(MirrorScope.of("/a"));
    source.replaceCluster("cluster-2", 5_000);
    source.put("/b/2", "v/b/2");
    run(MirrorScope.of("/b"));
    assertHeld("/b/2");
    assertThat(told.reasons()).endsWith(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void skippedScopeChangeKeepsFormerEntries() throws Exception {
    fill("/a/1", "/b/2");
    run(MirrorScope.of("/a"));
    scope = MirrorScope.of("/b");
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    eventually(() -> store.index() == source.index());
    mirror.close();
    run(MirrorScope.of("/b"));
    assertHeld("/a/1");
    assertThat(told.resyncs).hasSize(1);
  }

  @Test
  void transformWithAnotherIdentityIsAnotherScope() throws Exception {
    fill("/conf/a");
    run(MirrorScope.of("/conf"));
    run(
        MirrorScope.builder()
            .prefix("/conf")
            .transform(Transform.ofKeys("new", key -> key.plus(key.from(5))))
            .build());
    assertHeld("/conf/a=/conf/a/a");
    assertThat(told.reasons()).endsWith(Gap.Reason.SCOPE_CHANGED);
    assertThat(store.notes().get("scope")).endsWith("\ntransform new");
  }
}
