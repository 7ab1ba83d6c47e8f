package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** What a resync carries from one attempt to the next. */
class ResyncJobTest {

  private final FormerEntries none =
      FormerEntries.none(new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS).mapper());

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 1, 0, 9);
  }

  private static Work.Recovery recovery(String cluster, long start) {
    return new Work.Resync(gap(Gap.Reason.FORCED), cluster, start, 0, false);
  }

  private static ResyncJob job(Gap.Reason reason) {
    return new ResyncJob(recovery("c", 20), gap(reason), true);
  }

  @Test
  void snapshotMustNotBeOlderThanTheStreamOrWhatWasDropped() {
    ResyncJob job = job(Gap.Reason.FORCED);
    assertThat(job.notBefore()).isEqualTo(20);
    job.dropped(19);
    assertThat(job.notBefore()).isEqualTo(20);
    job.dropped(21);
    assertThat(job.notBefore()).isEqualTo(21);
  }

  @Test
  void workOfAllAttemptsIsCountedAndUsesThePermitUp() {
    ResyncJob job = job(Gap.Reason.FORCED);
    job.permit(new DeletePermit(2, false, Map.of()));
    MirrorEvent put = new Put(Bytes.utf8("/conf/a"), Bytes.EMPTY, 1, null);
    MirrorEvent delete = new Delete(Bytes.utf8("/conf/b"), 1);
    job.done(EventBatch.of(List.of(put, delete, put), 9, 9), none);
    job.done(EventBatch.of(List.of(put), 9, 9), none);
    assertThat(job.written()).isEqualTo(3);
    assertThat(job.deleted()).isEqualTo(1);
    assertThat(job.permit().deletes()).isEqualTo(1);
  }

  @Test
  void nextGapKeepsTheCountsButNotThePermit() {
    ResyncJob job = job(Gap.Reason.FORCED);
    job.permit(new DeletePermit(2, false, Map.of()));
    MirrorEvent put = new Put(Bytes.utf8("/conf/a"), Bytes.EMPTY, 1, null);
    MirrorEvent delete = new Delete(Bytes.utf8("/conf/b"), 1);
    job.done(EventBatch.of(List.of(put, delete), 9, 9), none);
    ResyncJob both = job.followedBy(recovery("c", 30), gap(Gap.Reason.SCOPE_CHANGED));
    assertThat(both.written()).isEqualTo(1);
    assertThat(both.deleted()).isEqualTo(1);
    assertThat(both.permit()).isEqualTo(DeletePermit.NONE);
    assertThat(both.notBefore()).isEqualTo(30);
    assertThat(both.isFirstCopy()).isTrue();
  }

  @Test
  void graverOfTwoGapsDecides() {
    ResyncJob job = job(Gap.Reason.CLUSTER_REPLACED);
    Work.Recovery next = recovery("c", 30);
    assertThat(job.followedBy(next, gap(Gap.Reason.FORCED)).gap().reason())
        .isEqualTo(Gap.Reason.CLUSTER_REPLACED);
    assertThat(job.followedBy(next, gap(Gap.Reason.NO_CHECKPOINT)).gap().reason())
        .isEqualTo(Gap.Reason.NO_CHECKPOINT);
  }

  @Test
  void sinkThatHeldNothingForeignStaysSoOnlyForTheSameCluster() {
    ResyncJob job = job(Gap.Reason.FORCED);
    Gap gap = gap(Gap.Reason.FORCED);
    assertThat(job.followedBy(recovery("c", 30), gap).holdsNothingForeign()).isFalse();
    job.foundNothingForeign();
    assertThat(job.followedBy(recovery("c", 30), gap).holdsNothingForeign()).isTrue();
    assertThat(job.followedBy(recovery("other", 30), gap).holdsNothingForeign()).isFalse();
  }

  @Test
  void lostHistoryAloneDoesNotMakeTheSinkForeign() {
    assertThat(job(Gap.Reason.HISTORY_COMPACTED).isOfAnotherOrigin()).isFalse();
    assertThat(job(Gap.Reason.CLUSTER_REPLACED).isOfAnotherOrigin()).isTrue();
  }
}
