package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.junit.jupiter.api.Test;

/** A first copy deletes nothing without approval, however little it is. */
class MirrorFirstCopyTest extends MirrorFixture {

  private static final Consumer<EtcdMirrorBuilder> EMPTY = EtcdMirrorBuilder::requireEmptySink;

  private void foreign(int keys) {
    for (int i = 0; i < keys; i++) {
      sink.preset("/conf/foreign" + i, "theirs");
    }
  }

  private static PendingApproval pending(EtcdMirror mirror) {
    awaitState(mirror, MirrorState.BLOCKED);
    return requireNonNull(mirror.status().pending());
  }

  private void approveAndFollow(EtcdMirror mirror) throws InterruptedException {
    approve(mirror);
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  /** Starts a copy, lets its second write fail, and closes the mirror. */
  private EtcdMirror interrupted(Consumer<EtcdMirrorBuilder> settings) {
    int[] applies = {0};
    sink.faults.failAlways("apply", () -> ++applies[0] > 1 ? new IOException("full") : null);
    EtcdMirror first = started(settings);
    eventually(() -> sink.faults.calls("apply") > 1);
    first.close();
    sink.faults.healAll();
    assertThat(sink.values()).isNotEmpty();
    return first;
  }

  private void manyInTheSource() {
    for (int i = 0; i < 2500; i++) {
      source.put("/conf/" + i, "v");
    }
  }

  @Test
  void oneForeignKeyNeedsApprovalForDelete() throws Exception {
    source.put("/conf/a", "1");
    foreign(1);
    Map<String, String> before = sink.values();
    EtcdMirror mirror = started();
    ResyncPlan plan = requireNonNull(pending(mirror).plan());
    assertThat(plan.deletes()).isEqualTo(1);
    assertThat(plan.writes()).isEqualTo(1);
    assertThat(plan.refusal()).contains("a first copy deletes only what was approved");
    assertThat(sink.values()).isEqualTo(before);
    approveAndFollow(mirror);
  }

  @Test
  void overwritesAreCountedAndNeedNoApproval() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    source.put("/conf/c", "3");
    sink.preset("/conf/a", "1");
    sink.preset("/conf/b", "theirs");
    ResyncPlan plan = mirror().plan();
    assertThat(plan.overwrites()).isEqualTo(1);
    assertThat(plan.overwriteSamples()).hasToString("[/conf/b]");
    following();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void explicitDeleteLimitAllowsThatManyDeletes() throws Exception {
    source.put("/conf/a", "1");
    foreign(3);
    following(b -> b.deleteLimit(DeleteLimit.keys(3)));
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void deletesAboveExplicitLimitNeedApproval() throws Exception {
    source.put("/conf/a", "1");
    foreign(4);
    pending(started(b -> b.deleteLimit(DeleteLimit.keys(3))));
    assertThat(sink.values()).hasSize(4);
  }

  @Test
  void emptySinkIsFilledAfterOneSourceSnapshot() throws Exception {
    source.put("/conf/a", "1");
    following();
    assertThat(source.faults.calls("snapshot")).isEqualTo(1);
    assertThat(sink.faults.calls("snapshot")).isEqualTo(2);
  }

  @Test
  void keyDeletedDuringCopyRetryNeedsNoApproval() throws Exception {
    manyInTheSource();
    int[] applies = {0};
    sink.faults.failAlways("apply", () -> ++applies[0] > 1 ? new IOException("full") : null);
    EtcdMirror mirror = started();
    eventually(() -> sink.faults.calls("apply") > 2);
    source.delete("/conf/0");
    sink.faults.healAll();
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void resumedCopyIntoEmptySinkDeletesKeysThatSourceDeleted() throws Exception {
    for (Consumer<EtcdMirrorBuilder> settings :
        List.<Consumer<EtcdMirrorBuilder>>of(b -> {}, EMPTY)) {
      sink = new FakeSink(KeyModel.PATHS);
      store = new FakeStore();
      manyInTheSource();
      interrupted(settings);
      assertThat(sink.values()).containsKey("/conf/0");
      source.delete("/conf/0");
      assertThat(mirror(settings).plan().refusal()).isNull();
      following(settings).close();
      assertThat(sink.values()).isEqualTo(source.values());
      assertThat(told.blocked).isEmpty();
    }
  }

  @Test
  void resumedCopyIntoEmptySinkObeysUsualDeleteLimit() throws Exception {
    manyInTheSource();
    interrupted(b -> {});
    foreign(2000);
    assertThat(requireNonNull(pending(started()).plan()).deletes()).isEqualTo(2000);
  }

  @Test
  void resumedCopyFromAnotherClusterNeedsApprovalForAnyDelete() throws Exception {
    manyInTheSource();
    interrupted(b -> {});
    source.replaceCluster("another", source.index());
    manyInTheSource();
    source.delete("/conf/0");
    EtcdMirror second = started();
    assertThat(requireNonNull(pending(second).plan()).deletes()).isEqualTo(1);
    approveAndFollow(second);
  }

  @Test
  void resumedCopyIntoNonEmptySinkNeedsApprovalForAnyDelete() throws Exception {
    manyInTheSource();
    sink.preset("/conf/0", "theirs");
    interrupted(b -> {});
    foreign(1);
    EtcdMirror second = started();
    assertThat(requireNonNull(pending(second).plan()).deletes()).isEqualTo(1);
    approveAndFollow(second);
    assertThat(told.resyncs.get(0).gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
  }

  @Test
  void resyncFromStoredCheckpointIsNoFirstCopy() throws Exception {
    source.put("/conf/a", "1");
    foreign(2);
    resumable(source.index());
    source.put("/conf/b", "1");
    source.clearHistory();
    following();
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void syncOnceFailsAndWritesNothingIfApprovalIsNeeded() {
    source.put("/conf/a", "1");
    foreign(1);
    Map<String, String> before = sink.values();
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(DeleteLimitException.class);
    assertThat(sink.values()).isEqualTo(before);
  }

  @Test
  void requiredEmptySinkFailsOnAnyKeyInScope() {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    assertThatThrownBy(mirror(EMPTY)::run)
        .hasCauseInstanceOf(SinkNotEmptyException.class)
        .cause()
        .hasMessageContaining("/conf/a");
    assertThatThrownBy(mirror(EMPTY)::syncOnce).hasCauseInstanceOf(SinkNotEmptyException.class);
    assertThat(sink.batches()).isEmpty();
    assertThat(told.blocked).isEmpty();
  }

  @Test
  void requiredEmptySinkIsFilledDespiteKeysOutsideScope() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/elsewhere", "theirs");
    following(EMPTY);
    assertThat(sink.values()).containsEntry("/conf/a", "1");
    assertThat(store.notes()).doesNotContainKey("begun-empty");
  }

  @Test
  void resumedCopyContinuesDespiteRequiredEmptySink() throws Exception {
    manyInTheSource();
    interrupted(EMPTY);
    assertThat(store.notes()).containsKey("begun-empty");
    following(EMPTY);
    assertThat(sink.values()).isEqualTo(source.values());
    mirror().close();
    following(EMPTY);
  }

  @Test
  void resumedCopyWithRequiredEmptySinkFailsOnTooManyDeletes() throws Exception {
    manyInTheSource();
    interrupted(EMPTY);
    foreign(2000);
    assertThatThrownBy(mirror(EMPTY)::run)
        .hasCauseInstanceOf(SinkNotEmptyException.class)
        .cause()
        .hasMessageContaining("would delete 2000 of");
  }

  @Test
  void requireEmptySinkIsRefusedForWriteOnlySink() {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(new WriteOnlySink())
            .indexStore(store)
            .scope(scope)
            .requireEmptySink();
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
  }
}
