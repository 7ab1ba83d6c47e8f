package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.StoredLink;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.checkpoint.ScopeNote;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MirrorLoopTest extends MirrorFixture {

  private static final String HERE = "cluster-1";
  private static final String THERE = "cluster-2";

  private static MirrorScope rename(String from, String to) {
    return MirrorScope.builder().rename(from, to).build();
  }

  private static StoredLink stored(@Nullable String cluster, Map<String, String> notes) {
    return new StoredLink(
        Bytes.utf8("/__replication/back"),
        new Checkpoint(7, cluster, "fingerprint", Instant.EPOCH, 0, notes));
  }

  private static StoredLink stored(@Nullable String cluster) {
    return stored(cluster, Map.of());
  }

  private Throwable refusal() {
    source.put("/conf/a", "1");
    source.put("/a/a", "1");
    long stored = Math.max(0, store.index());
    EtcdMirror mirror = mirror();
    Throwable[] cause = new Throwable[1];
    assertThatThrownBy(mirror::run)
        .isInstanceOf(MirrorFailedException.class)
        .satisfies(failure -> cause[0] = failure.getCause());
    assertThat(cause[0]).isInstanceOf(LoopException.class);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(sink.batches()).as("written").isEmpty();
    assertThat(store.saves()).as("stored").allMatch(saved -> saved.index() == stored);
    return cause[0];
  }

  @ParameterizedTest
  @CsvSource({"/a,/a", "/a,/a/b", "/a/b,/a", "/a,/", "/,/b"})
  void targetOverlappingSourceInSameClusterIsRefused(String from, String to) {
    sink.in(HERE, source::index);
    scope = rename(from, to);
    assertThat(refusal()).hasMessageContainingAll(HERE, "'" + from + "'", "'" + to + "'");
  }

  @Test
  void targetOverlappingSourceOfAnotherRuleIsRefused() {
    sink.in(HERE, source::index);
    scope = MirrorScope.builder().rename("/a", "/b").rename("/b", "/c").build();
    assertThat(refusal()).hasMessageContaining("'/b'");
  }

  @Test
  void overlapIsRefusedDespiteExcludes() {
    sink.in(HERE, source::index);
    scope =
        MirrorScope.builder()
            .rename("/a", "/a/copy")
            .exclude(java.util.regex.Pattern.compile("/a/copy.*"))
            .build();
    refusal();
  }

  @Test
  void syncOnceIsRefusedForOverlap() {
    sink.in(HERE, source::index);
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(LoopException.class);
    assertThat(sink.batches()).isEmpty();
  }

  @Test
  void resumedMirrorIsRefusedBeforeFirstEvent() {
    sink.in(HERE, source::index);
    resumable(source.index());
    refusal();
  }

  @Test
  void copyToOtherPrefixInSameClusterIsNoLoop() throws Exception {
    sink.in(HERE, source::index);
    scope = rename("/conf", "/conftool");
    source.put("/conf/a", "1");
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conftool/a", "1"));
  }

  @Test
  void ownCheckpointIsNoReverseLink() throws Exception {
    sink.in(HERE, source::index);
    scope = rename("/a", "/b");
    resumable(source.index());
    source.holds(new StoredLink(Bytes.utf8("/__replication/b"), store.last()));
    source.put("/a/a", "1");
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/b/a", "1"));
  }

  @Test
  void differentKeyspacesOfOneClusterAreNoLoop() throws Exception {
    sink = new FakeSink(KeyModel.BYTES);
    sink.in(HERE, source::index);
    source.put("/conf/a", "1");
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
  }

  @Test
  void reverseLinkOfUnknownScopeIsRefusedAndNamed() {
    sink.in(THERE);
    source.holds(stored(THERE));
    assertThat(refusal())
        .hasMessageContainingAll(
            "link 'test' (/conf -> /conf,", HERE, THERE, "'/__replication/back'");
  }

  private static StoredLink stored(MirrorScope scope, KeyModel from, KeyModel to) {
    KeyMapper mapper = new KeyMapper(scope, from, to, ExpiryPolicy.FOLLOW_SOURCE);
    return stored(THERE, CheckpointNotes.of(mapper, List.of()));
  }

  @ParameterizedTest
  @CsvSource({"/conf,/conf", "/,/", "/conf/x,/conf", "/conf,/conf/y", "/conf/,/conf/"})
  void reverseLinkWithOverlappingKeysIsRefused(String from, String to) {
    sink.in(THERE);
    source.holds(stored(rename(from, to), KeyModel.PATHS, KeyModel.PATHS));
    assertThat(refusal()).hasMessageContaining("through a reverse link (/");
  }

  @ParameterizedTest
  @CsvSource({"/other,/conf", "/conf,/other", "/conftool,/conf", "/conf,/conftool"})
  void reverseLinkOfOtherKeysIsNoLoop(String from, String to) throws Exception {
    sink.in(THERE);
    source.holds(stored(rename(from, to), KeyModel.PATHS, KeyModel.PATHS));
    following();
  }

  @Test
  void reverseLinkOfAnotherKeyspaceIsNoLoop() throws Exception {
    sink.in(THERE);
    source.holds(stored(scope, KeyModel.BYTES, KeyModel.PATHS));
    following();
  }

  @Test
  void reverseLinkWithOverlappingFormerScopeIsRefused() {
    sink.in(THERE);
    String other = scopeNote(rename("/other", "/other"));
    source.holds(stored(THERE, Map.of("scope", other + "\n" + scopeNote(scope))));
    refusal();
  }

  private static String scopeNote(MirrorScope of) {
    return ScopeNote.format(
        new KeyMapper(of, KeyModel.PATHS, KeyModel.PATHS, ExpiryPolicy.FOLLOW_SOURCE));
  }

  @Test
  void reverseLinkWithUnreadableScopeIsRefused() {
    sink.in(THERE);
    source.holds(stored(THERE, Map.of("scope", "of another version")));
    assertThat(refusal()).hasMessageContaining("unknown prefixes");
  }

  @Test
  void reverseLinkThatWasCutOverIsNoLoop() throws Exception {
    sink.in(THERE);
    source.holds(
        new StoredLink(
            Bytes.utf8("/__replication/back"),
            new CutoverMark(7, 8, HERE, 1, 0, Instant.EPOCH).in(stored(THERE).checkpoint())));
    following();
  }

  @Test
  void linksFromOtherClustersAreNoLoop() throws Exception {
    sink.in(THERE);
    source.holds(stored("cluster-3"), stored(null));
    following();
  }

  @Test
  void storedLinksAreNotReadIfSinkHasNoClusterId() throws Exception {
    source.holds(stored(THERE));
    following();
    assertThat(source.faults.calls("storedLinks")).isZero();
  }

  @Test
  void loopCheckIsRetriedAfterFailure() throws Exception {
    sink.in(THERE);
    source.faults.failNext("storedLinks", new IOException("down"));
    sink.faults.failNext("sink head", new IOException("down"));
    following();
    assertThat(source.faults.calls("storedLinks")).isEqualTo(2);
    assertThat(told.retries).hasSize(2);
  }

  @Test
  void loopCheckRunsOncePerSourceCluster() throws Exception {
    sink.in(THERE);
    EtcdMirror mirror = following();
    for (int i = 0; i < 3; i++) {
      source.put("/conf/" + i, "v");
      source.breakStreams();
      level(mirror);
    }
    assertThat(source.faults.calls("storedLinks")).isEqualTo(1);
    assertThat(sink.faults.calls("sink head")).isEqualTo(1);
    sink.in(THERE, source::index);
    source.replaceCluster(THERE, 100);
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("the same cluster id " + THERE);
  }
}
