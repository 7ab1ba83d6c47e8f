package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.AppliedChanges.Reason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Listeners learn each change that the sink confirmed, and why it was written. */
class MirrorAppliedTest extends MirrorFixture {

  private final Told changes = new Told();

  private static final class Told implements MirrorListener {

    final List<AppliedChanges> applied = new CopyOnWriteArrayList<>();
    final List<AppliedChanges> unconfirmed = new CopyOnWriteArrayList<>();
    final List<PendingApproval> approved = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();
    final List<String> resumed = new CopyOnWriteArrayList<>();

    @Override
    public void onResumed(@Nullable Checkpoint from) {
      resumed.add(from == null ? "none" : "index " + from.index());
    }

    @Override
    public void onApplied(AppliedChanges changes) {
      applied.add(changes);
    }

    @Override
    public void onUnconfirmed(AppliedChanges changes, Exception failure) {
      unconfirmed.add(changes);
    }

    @Override
    public void onApproved(PendingApproval given) {
      approved.add(given);
    }

    @Override
    public void onFailed(Throwable failure) {
      failures.add(failure);
    }

    List<Reason> reasons() {
      return applied.stream().map(one -> one.cause().reason()).distinct().toList();
    }
  }

  private EtcdMirror recorded() throws InterruptedException {
    return following(builder -> builder.listener(changes));
  }

  private static List<MirrorEvent> events(List<AppliedChanges> all) {
    List<MirrorEvent> events = new ArrayList<>();
    all.forEach(one -> events.addAll(one.batch().events()));
    return events;
  }

  @Test
  void eachWriteOfTheSinkIsToldOnceAndInOrder() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = recorded();
    for (int i = 0; i < 20; i++) {
      source.put("/conf/a", "v" + i);
    }
    source.delete("/conf/b");
    level(mirror);
    eventually(() -> events(changes.applied).equals(sink.events()));
    assertThat(changes.reasons()).containsExactly(Reason.FIRST_COPY, Reason.LIVE);
    assertThat(changes.unconfirmed).isEmpty();
    assertThat(changes.resumed).containsExactly("none");
  }

  @Test
  void resyncTellsItsGapAndWhereTheRunContinued() throws Exception {
    source.put("/conf/a", "1");
    recorded().close();
    long stored = store.index();
    changes.applied.clear();
    source.put("/conf/b", "1");
    source.delete("/conf/a");
    source.clearHistory();
    level(recorded());
    assertThat(changes.resumed).containsExactly("none", "index " + stored);
    assertThat(changes.reasons()).containsExactly(Reason.RESYNC);
    assertThat(changes.applied)
        .allSatisfy(one ->
            assertThat(one.cause().gap())
                .extracting(Gap::reason)
                .isEqualTo(Gap.Reason.HISTORY_CLEARED));
    assertThat(events(changes.applied)).hasSize(2);
  }

  @Test
  void failedCallIsToldAsUnconfirmedBeforeItsRepeatSucceeds() throws Exception {
    EtcdMirror mirror = recorded();
    sink.faults.failNext("apply", new IOException("no answer"));
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> !changes.applied.isEmpty());
    assertThat(events(changes.unconfirmed)).isEqualTo(events(changes.applied));
  }

  @Test
  void repairOfALateWriteIsTold() throws Exception {
    LateSink late = new LateSink(KeyModel.PATHS);
    sink = late;
    source.put("/conf/a", "1");
    EtcdMirror mirror = recorded();
    late.isAway(true);
    late.loseNext(1);
    source.put("/conf/a", "2");
    level(mirror);
    source.put("/conf/a", "3");
    level(mirror);
    late.land();
    late.isAway(false);
    eventually(() -> changes.reasons().contains(Reason.REPAIR));
    AppliedChanges repair = changes.applied.get(changes.applied.size() - 1);
    assertThat(repair.batch().events())
        .singleElement()
        .satisfies(event -> assertThat(event.key()).hasToString("/conf/a"));
  }

  @Test
  void approvalAndFailureAreTold() throws Exception {
    sink.preset("/conf/theirs", "1");
    source.put("/conf/a", "1");
    EtcdMirror mirror = started(builder -> builder.listener(changes));
    awaitState(mirror, MirrorState.BLOCKED);
    approve(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(changes.approved).hasSize(1);
    sink.faults.failNext("apply", new FencedException("another mirror"));
    source.put("/conf/a", "2");
    awaitState(mirror, MirrorState.FAILED);
    eventually(() -> changes.failures.size() == 1);
    assertThat(changes.failures.get(0)).isInstanceOf(FencedException.class);
  }
}
