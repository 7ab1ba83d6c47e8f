package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.SinkNotEmptyException;
import org.etcdmirror.core.internal.checkpoint.CheckpointKeeper;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Consent;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;

/** A sink that may hold what is not the mirror's is looked at before anything is written there. */
class FirstLookTest {

  private static final String CLUSTER = "cluster-1";

  private final FakeSink sink = new FakeSink(KeyModel.PATHS);
  private final UnstartedMirror mirror = new UnstartedMirror(new FakeSource(KeyModel.PATHS), sink);
  private FormerEntries former = FormerEntries.none(mirror.mapper());

  private static ResyncJob job(Gap.Reason reason) {
    Gap gap = new Gap(reason, 1, 0, 9);
    Work.Recovery recovery = new Work.Resync(gap, CLUSTER, 0, 0, false);
    return new ResyncJob(recovery, gap, reason == Gap.Reason.NO_CHECKPOINT);
  }

  private CheckpointKeeper keeper(MirrorRuntime runtime) {
    CheckpointNotes notes = new CheckpointNotes(mirror.settings(), runtime);
    return new CheckpointKeeper(
        mirror.sink, mirror.store, notes, runtime.progress(), runtime.lead());
  }

  private boolean isNeeded(ResyncJob job) throws Exception {
    MirrorRuntime runtime = mirror.runtime();
    return isNeeded(job, runtime, keeper(runtime));
  }

  private boolean isNeeded(ResyncJob job, MirrorRuntime runtime, CheckpointKeeper keeper)
      throws Exception {
    return new FirstLook(mirror.settings(), runtime.sides(), keeper).isNeeded(job, former);
  }

  private void presetDirectory(String key) {
    sink.held.apply(EventBatch.of(List.of(new MakeDirectory(Bytes.utf8(key), 1, null)), 1, 1));
  }

  @Test
  void sinkOfTheSameOriginIsNotLookedAt() throws Exception {
    sink.preset("/conf/a", "1");
    assertThat(isNeeded(job(Gap.Reason.HISTORY_CLEARED))).isFalse();
    assertThat(isNeeded(job(Gap.Reason.CLUSTER_REPLACED))).isTrue();
  }

  @Test
  void firstCopyIntoAnEmptySinkIsRememberedAsOne() throws Exception {
    sink.preset("/other/a", "1");
    ResyncJob job = job(Gap.Reason.NO_CHECKPOINT);
    MirrorRuntime runtime = mirror.runtime();
    CheckpointKeeper keeper = keeper(runtime);
    keeper.notes().resyncBegins();
    assertThat(isNeeded(job, runtime, keeper)).isFalse();
    assertThat(job.holdsNothingForeign()).isTrue();
    assertThat(keeper.notes().isBegunEmpty(CLUSTER)).isTrue();
    ResyncJob again = job(Gap.Reason.NO_CHECKPOINT);
    sink.preset("/conf/a", "1");
    assertThat(isNeeded(again, runtime, keeper)).as("what it wrote itself").isFalse();
    assertThat(again.holdsNothingForeign()).isTrue();
  }

  @Test
  void resyncFromAnotherClusterIsNoFirstCopy() throws Exception {
    ResyncJob job = job(Gap.Reason.CLUSTER_REPLACED);
    assertThat(isNeeded(job)).isFalse();
    assertThat(job.holdsNothingForeign()).isFalse();
  }

  @Test
  void sinkThatWasSeenToHoldNothingForeignIsNotLookedAtAgain() throws Exception {
    sink.preset("/conf/a", "1");
    ResyncJob job = job(Gap.Reason.CLUSTER_REPLACED);
    job.foundNothingForeign();
    assertThat(isNeeded(job)).isFalse();
  }

  @Test
  void firstCopyThatRequiresAnEmptySinkNamesWhatItFound() {
    sink.preset("/conf/a", "1");
    mirror.consent = new Consent(DeleteLimit.DEFAULT, false, true, List.of());
    assertThatThrownBy(() -> isNeeded(job(Gap.Reason.NO_CHECKPOINT)))
        .isInstanceOf(SinkNotEmptyException.class)
        .hasMessageContaining("found key '/conf/a'");
  }

  @Test
  void firstCopyOverOtherDataKnowsAllBeforeItWrites() throws Exception {
    sink.preset("/conf/a", "1");
    ResyncJob job = job(Gap.Reason.NO_CHECKPOINT);
    assertThat(isNeeded(job)).isTrue();
    assertThat(job.holdsNothingForeign()).isFalse();
  }

  @Test
  void directoryOfThePrefixIsNoData() throws Exception {
    presetDirectory("/conf");
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isFalse();
    presetDirectory("/conf/d");
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isTrue();
  }

  @Test
  void directoriesAreNoDataIfTheSourceHasNone() throws Exception {
    mirror.source = new FakeSource(KeyModel.BYTES);
    former = FormerEntries.none(mirror.mapper());
    presetDirectory("/conf/d");
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isFalse();
    sink.preset("/conf/d/a", "1");
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isTrue();
  }

  @Test
  void excludedKeysAreNotTheMirrors() throws Exception {
    mirror.scope = MirrorScope.builder().prefix("/conf").excludePrefix("/conf/x").build();
    former = FormerEntries.none(mirror.mapper());
    sink.preset("/conf/x/a", "1");
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isFalse();
  }

  @Test
  void whatAFormerScopeWroteIsData() throws Exception {
    UnstartedMirror before = new UnstartedMirror(KeyModel.PATHS, KeyModel.PATHS);
    before.scope = MirrorScope.of("/old");
    Checkpoint stored =
        new Checkpoint(5, "c", null, Instant.EPOCH)
            .withNotes(CheckpointNotes.of(before.mapper(), List.of()));
    sink.preset("/old/a", "1");
    assertThat(isNeeded(job(Gap.Reason.SCOPE_CHANGED))).isFalse();
    former = new CheckpointNotes(mirror.settings(), mirror.runtime()).formerEntries(stored);
    assertThat(isNeeded(job(Gap.Reason.SCOPE_CHANGED))).isTrue();
  }

  @Test
  void sinkThatCannotBeReadIsTakenForEmpty() throws Exception {
    mirror.sink = EventSink.of(KeyModel.PATHS, EventSink.DataLife.PROCESS, batch -> {});
    former = FormerEntries.none(mirror.mapper());
    assertThat(isNeeded(job(Gap.Reason.NO_CHECKPOINT))).isFalse();
  }
}
