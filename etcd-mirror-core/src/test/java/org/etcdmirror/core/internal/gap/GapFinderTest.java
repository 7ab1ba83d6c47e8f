package org.etcdmirror.core.internal.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.internal.checkpoint.AnchorNote;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a start from a checkpoint finds to be missing. */
class GapFinderTest {

  private static final String CLUSTER = "cluster-1";

  private final FakeSource source = new FakeSource(KeyModel.PATHS);
  private final UnstartedMirror mirror = new UnstartedMirror(source, new FakeSink(KeyModel.PATHS));

  private List<Gap> atStart(@Nullable Checkpoint stored) throws Exception {
    return finder().atStart(stored, source.head(mirror.mapper().selection()));
  }

  private GapFinder finder() {
    return new GapFinder(mirror.settings(), mirror.runtime());
  }

  private Checkpoint at(long index) {
    String scope = mirror.scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE);
    return new Checkpoint(index, CLUSTER, scope, Instant.EPOCH);
  }

  private static Checkpoint noted(Checkpoint stored, String name, String note) {
    Map<String, String> notes = new TreeMap<>(stored.notes());
    notes.put(name, note);
    return stored.withNotes(notes);
  }

  private static List<Gap.Reason> reasons(List<Gap> gaps) {
    return gaps.stream().map(Gap::reason).toList();
  }

  @Test
  void withoutACheckpointThereIsNothingButTheFirstCopy() throws Exception {
    source.put("/conf/a", "1");
    assertThat(atStart(null))
        .containsExactly(new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, source.index()));
  }

  @Test
  void sourceThatWentOnIsNoGap() throws Exception {
    long index = source.put("/conf/a", "1");
    source.put("/conf/a", "2");
    assertThat(atStart(at(index))).isEmpty();
    assertThat(finder().gravestAtStart(at(index))).isEmpty();
    assertThat(atStart(at(source.index()))).as("nothing happened").isEmpty();
  }

  @Test
  void clearedHistoryIsAGapFromTheStoredIndex() throws Exception {
    long index = source.put("/conf/a", "1");
    source.put("/conf/a", "2");
    source.clearHistory();
    assertThat(atStart(at(index)))
        .containsExactly(
            new Gap(Gap.Reason.HISTORY_CLEARED, index, source.index() + 1, source.index()));
  }

  @Test
  void otherClusterIsFoundWhateverItsIndex() throws Exception {
    source.replaceCluster("cluster-2", 100);
    assertThat(atStart(at(50))).containsExactly(new Gap(Gap.Reason.CLUSTER_REPLACED, 50, 0, 100));
    assertThat(reasons(atStart(at(500)))).containsExactly(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void checkpointWithoutAClusterIsOfAny() throws Exception {
    Checkpoint stored =
        new Checkpoint(
            5, null, mirror.scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Instant.EPOCH);
    assertThat(atStart(stored)).isEmpty();
  }

  @Test
  void sourceBehindTheStoredIndexWentBackwards() throws Exception {
    assertThat(atStart(at(source.index() + 1)))
        .containsExactly(
            new Gap(Gap.Reason.INDEX_WENT_BACKWARDS, source.index() + 1, 0, source.index()));
  }

  @Test
  void brokenAnchorMeansThatTheClusterWasReplaced() throws Exception {
    long index = source.put("/conf/a", "1");
    Anchor holds = new Anchor(Bytes.utf8("/conf/a"), index, index);
    Anchor broken = new Anchor(Bytes.utf8("/conf/a"), index - 1, index);
    assertThat(atStart(noted(at(index), "anchor", AnchorNote.format(holds)))).isEmpty();
    assertThat(atStart(noted(at(index), "anchor", AnchorNote.format(broken))))
        .containsExactly(new Gap(Gap.Reason.CLUSTER_REPLACED, index, 0, index));
  }

  @Test
  void anchorIsAskedOnlyIfClusterAndIndexFit() throws Exception {
    ReadIndex from = new ReadIndex(5, CLUSTER);
    GapFinder.AnchorCheck unasked =
        () -> {
          throw new AssertionError("it costs requests");
        };
    assertThat(GapFinder.otherHistory(from, new SourceHead("other", 9), unasked)).isPresent();
    assertThat(GapFinder.otherHistory(from, new SourceHead(CLUSTER, 4), unasked)).isPresent();
    assertThat(GapFinder.otherHistory(from, new SourceHead(CLUSTER, 5), () -> false)).isEmpty();
  }

  @Test
  void doubtOfTheCheckpointIsAGapAtThePresentIndex() throws Exception {
    long index = source.put("/conf/a", "1");
    source.put("/conf/a", "2");
    Checkpoint stored =
        noted(at(index), CompareNote.NOW, "SINK_DRIFTED at index 3 since 2026-01-02T03:04:05Z");
    assertThat(atStart(stored))
        .containsExactly(new Gap(Gap.Reason.SINK_DRIFTED, index, 0, source.index()));
  }

  @Test
  void historyIsNotOpenedWhereAResyncIsNeededAnyway() throws Exception {
    long index = source.put("/conf/a", "1");
    source.put("/conf/a", "2");
    source.clearHistory();
    Checkpoint stored =
        noted(at(index), CompareNote.NOW, "SINK_DRIFTED at index 3 since 2026-01-02T03:04:05Z");
    assertThat(reasons(atStart(stored))).containsExactly(Gap.Reason.SINK_DRIFTED);
  }

  @Test
  void replacedClusterIsFoundBesideADoubt() throws Exception {
    source.replaceCluster("cluster-2", 100);
    Checkpoint stored =
        noted(at(50), CompareNote.NOW, "SINK_DRIFTED at index 3 since 2026-01-02T03:04:05Z");
    assertThat(reasons(atStart(stored)))
        .containsExactly(Gap.Reason.SINK_DRIFTED, Gap.Reason.CLUSTER_REPLACED);
    assertThat(finder().gravestAtStart(stored))
        .map(Gap::reason)
        .contains(Gap.Reason.CLUSTER_REPLACED);
  }

  @Test
  void unfinishedFirstCopyIsTheOnlyGap() throws Exception {
    source.replaceCluster("cluster-2", 100);
    Checkpoint stored =
        noted(
            at(0),
            CompareNote.NOW,
            "NO_CHECKPOINT at index 0 since 2026-01-02T03:04:05Z (first copy not finished)");
    assertThat(atStart(stored)).containsExactly(new Gap(Gap.Reason.NO_CHECKPOINT, 0, 0, 100));
  }

  @Test
  void otherScopeIsAGap() throws Exception {
    Checkpoint stored = at(source.index());
    mirror.scope = MirrorScope.of("/conf", "/more");
    assertThat(reasons(atStart(stored))).containsExactly(Gap.Reason.SCOPE_CHANGED);
  }

  @Test
  void linkThatWasCutOverDoesNotStart() {
    CutoverMark mark = new CutoverMark(1, 2, "cluster-2", 3, 0, Instant.EPOCH);
    assertThatThrownBy(() -> atStart(mark.in(at(5)))).isInstanceOf(PermanentException.class);
  }

  @Test
  void lostEventsAreAGapFromTheIndexThatWasReadLast() {
    HistoryClearedException lost = new HistoryClearedException(6, 20, 30);
    assertThat(GapFinder.lost(new ReadIndex(5, CLUSTER), lost))
        .isEqualTo(new Gap(Gap.Reason.HISTORY_CLEARED, 5, 20, 30));
    assertThat(GapFinder.lost(null, lost))
        .isEqualTo(new Gap(Gap.Reason.HISTORY_CLEARED, 0, 20, 30));
  }

  @Test
  void backlogIsAGapWithoutLostHistory() {
    assertThat(GapFinder.backlog(new ReadIndex(5, CLUSTER), new SourceHead(CLUSTER, 9)))
        .isEqualTo(new Gap(Gap.Reason.CATCH_UP, 5, 0, 9));
  }
}
