package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Anchors detect a source with the same cluster id and another history. */
class MirrorAnchorTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  /** Returns the stored anchor and checks that it is of this key. */
  private Anchor stored(String key) {
    eventually(() -> store.index() == source.index() && anchor() != null);
    Anchor anchor = AnchorNote.parse(String.valueOf(anchor()));
    assertThat(anchor.key()).hasToString(key);
    assertThat(anchor.at()).isLessThanOrEqualTo(store.index());
    return anchor;
  }

  private @Nullable String anchor() {
    return store.notes().get("anchor");
  }

  @Test
  void anchorIsTakenFromSnapshot() throws Exception {
    long version = source.put("/conf/a", "1");
    source.put("/conf/leased", "1", Expiry.in(Duration.ofSeconds(900)));
    source.put("/other/b", "1");
    source.directory("/conf/d");
    following();
    assertThat(stored("/conf/a").version()).isEqualTo(version);
    source.foreignWrites(50);
    eventually(() -> stored("/conf/a").at() == source.index());
  }

  @Test
  void anchorIsNewestPutUnderItsSourceName() throws Exception {
    scope =
        MirrorScope.builder()
            .rename("/conf", "/copy")
            .exclude(Pattern.compile("/conf/secret"))
            .build();
    following();
    long version = source.put("/conf/a", "1");
    source.put("/conf/leased", "1", Expiry.in(Duration.ofSeconds(900)));
    source.put("/conf/secret", "1");
    Anchor anchor = stored("/conf/a");
    assertThat(anchor).isEqualTo(new Anchor(anchor.key(), version, source.index()));
    source.put("/conf/b", "1");
    stored("/conf/b");
    source.delete("/conf/b");
    stored("/conf/a");
  }

  @Test
  void wipedSourcePastStoredIndexCountsAsReplacedCluster() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    following().close();
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "new");
    following(b -> b.deleteLimit(ANY));
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/b", "new"));
    stored("/conf/b");
  }

  @Test
  void anchorIsCheckedOnEachConnection() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(ANY));
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "2");
    eventually(() -> sink.values().equals(Map.of("/conf/b", "2")));
    level(mirror);
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
    source.breakStreams();
    source.put("/conf/c", "3");
    level(mirror);
    assertThat(told.gaps).hasSize(1);
  }

  @Test
  void restartCausesNoGap() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    source.put("/conf/a", "2");
    source.put("/conf/b", "2");
    following();
    source.breakStreams();
    source.delete("/conf/a");
    eventually(() -> sink.values().equals(source.values()));
    assertThat(told.reasons()).isEmpty();
    assertThat(source.faults.calls("check")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void unknownAnchorCausesNoGap() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    long before = source.index();
    source.put("/conf/a", "2");
    source.clearHistory();
    store.preset(source.index(), source.clusterId(), scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE));
    store.presetNotes(Map.of("anchor", (before - 1) + " " + (before - 1) + " /conf/a"));
    following();
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void failedAnchorCheckIsRepeated() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    source.faults.failNext("check", new IOException("not now"), new IOException("not yet"));
    EtcdMirror mirror = following();
    assertThat(mirror.status().counters().retries()).isEqualTo(2);
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void oldAnchorIsNotCheckedAgainstNewSourceDuringResync() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "2");
    source.faults.failAlways("snapshot", () -> new IOException("not now"));
    EtcdMirror mirror = started(b -> b.deleteLimit(ANY));
    eventually(() -> told.gaps.size() == 1 && source.openStreams() == 1);
    long heads = source.faults.calls("head");
    source.breakStreams();
    eventually(() -> source.faults.calls("head") > heads + 1 && source.openStreams() == 1);
    source.faults.heal("snapshot");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void nextRunFinishesResyncAlthoughAnchorIsUnknown() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "2");
    source.faults.failAlways("snapshot", () -> new IOException("not now"));
    EtcdMirror first = started();
    eventually(() -> source.faults.calls("snapshot") > 2);
    first.close();
    source.faults.heal("snapshot");
    source.forgetAnchors();
    EtcdMirror second = following(b -> b.deleteLimit(ANY));
    source.put("/conf/c", "3");
    level(second);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void unreadableAnchorNoteIsIgnored() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    store.presetNotes(Map.of("anchor", "something newer", "other", "kept"));
    source.put("/conf/b", "2");
    following();
    stored("/conf/b");
    assertThat(store.notes()).containsEntry("other", "kept");
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void skippedGapRemovesOldAnchor() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    source.wipe(source.index() + 1000);
    source.put("/conf/b", "2");
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    level(mirror);
    eventually(() -> store.index() == source.index());
    assertThat(anchor()).isNull();
    source.breakStreams();
    source.put("/conf/c", "3");
    stored("/conf/c");
    assertThat(told.gaps).hasSize(1);
  }

  /** Puts back a backup that holds /conf/a as it was mirrored, in which others wrote since. */
  private void restoreAfterNewestPut(long version) {
    source.wipe(version - 1);
    assertThat(source.put("/conf/a", "1")).isEqualTo(version);
    source.foreignWrites(20);
  }

  @Test
  void backupMadeAfterNewestPutIsFoundByLaterPut() throws Exception {
    long version = source.put("/conf/a", "1");
    EtcdMirror first = following();
    source.foreignWrites(50);
    eventually(() -> store.index() == source.index());
    first.close();
    restoreAfterNewestPut(version);
    source.put("/conf/b", "2");
    source.foreignWrites(100);
    following();
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "2"));
  }

  @Test
  void backupMadeAfterNewestPutIsFoundByReconnect() throws Exception {
    long version = source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.put("/conf/gone", "1");
    source.delete("/conf/gone");
    source.foreignWrites(50);
    level(mirror);
    restoreAfterNewestPut(version);
    source.foreignWrites(10);
    source.put("/conf/b", "2");
    source.foreignWrites(100);
    eventually(() -> sink.values().equals(Map.of("/conf/a", "1", "/conf/b", "2")));
    level(mirror);
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void backupMadeBeforeNewestDeleteIsFoundByTheDeletedKey() throws Exception {
    source.put("/conf/gone", "1");
    long version = source.put("/conf/a", "1");
    EtcdMirror first = following();
    source.delete("/conf/gone");
    source.foreignWrites(50);
    eventually(() -> store.index() == source.index());
    first.close();
    source.wipe(version - 2);
    source.put("/conf/gone", "1");
    source.put("/conf/a", "1");
    source.foreignWrites(100);
    following();
    assertThat(told.reasons()).containsExactly(Gap.Reason.CLUSTER_REPLACED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/gone", "1"));
  }

  @Test
  void excludedPutCountsAsLastChange() throws Exception {
    scope = MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/secret")).build();
    source.put("/conf/a", "1");
    EtcdMirror first = following();
    source.foreignWrites(50);
    source.put("/conf/secret", "1");
    source.foreignWrites(50);
    eventually(() -> store.index() == source.index());
    first.close();
    following();
    source.breakStreams();
    source.put("/conf/c", "3");
    eventually(() -> sink.values().containsKey("/conf/c"));
    assertThat(source.faults.calls("check last change")).isGreaterThanOrEqualTo(2);
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void snapshotWithExcludedPutCountsAsLastChange() throws Exception {
    scope = MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/secret")).build();
    source.put("/conf/a", "1");
    source.foreignWrites(5);
    source.put("/conf/secret", "1");
    source.foreignWrites(50);
    following().close();
    following();
    assertThat(source.faults.calls("check last change")).isEqualTo(1);
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void lastChangeOfAnotherScopeIsNotChecked() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror first = following();
    source.put("/other/a", "1");
    source.foreignWrites(50);
    eventually(() -> store.index() == source.index());
    first.close();
    scope = MirrorScope.builder().prefix("/conf").prefix("/other").build();
    following();
    assertThat(told.reasons()).doesNotContain(Gap.Reason.CLUSTER_REPLACED);
    assertThat(source.faults.calls("check last change")).isZero();
  }

  @Test
  void unreadableLastChangeIsIgnored() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    store.presetNotes(Map.of("last-change", "5 4 3 /conf/a"));
    following();
    assertThat(told.reasons()).isEmpty();
    assertThat(source.faults.calls("check last change")).isZero();
  }
}
