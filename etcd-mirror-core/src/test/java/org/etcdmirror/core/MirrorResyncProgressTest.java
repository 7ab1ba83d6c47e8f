package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.TaskProgress.Step;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the status shows of a resync while it runs. */
class MirrorResyncProgressTest extends MirrorFixture {

  /** More than one batch of a resync. */
  private static final int MANY = 1500;

  private void putMany() {
    for (int i = 0; i < MANY; i++) {
      source.put("/conf/" + i, "1");
    }
  }

  private static TaskProgress resync(EtcdMirror mirror) {
    return requireNonNull(mirror.status().resync(), "no resync runs");
  }

  /** What the status shows before each entry of the source is read. */
  private List<TaskProgress> statusAtEachEntry(
      EtcdMirror mirror, Function<MirrorStatus, @Nullable TaskProgress> task) {
    List<TaskProgress> seen = new CopyOnWriteArrayList<>();
    source.faults.failAlways(
        "next",
        () -> {
          seen.add(requireNonNull(task.apply(mirror.status()), "nothing is done"));
          return null;
        });
    return seen;
  }

  @Test
  void copyShowsWhatIsReadAndHowMuchThereIs() throws Exception {
    putMany();
    Faults.Gate gate = sink.faults.block("apply");

    EtcdMirror mirror = started();
    gate.awaitReached();

    TaskProgress copy = resync(mirror);
    assertThat(copy.step()).isEqualTo(Step.COPY);
    assertThat(copy.done()).isPositive().isLessThan(MANY);
    assertThat(copy.expected()).as("with the directory").isEqualTo(MANY + 1);
    assertThat(copy.written()).isZero();
    gate.release();
    level(mirror);
    eventually(() -> mirror.status().resync() == null);
  }

  @Test
  void copyShowsWhatIsWritten() throws Exception {
    putMany();
    Faults.Gate first = sink.faults.block("apply");
    EtcdMirror mirror = started();
    first.awaitReached();
    Faults.Gate second = sink.faults.block("apply");
    first.release();
    second.awaitReached();

    TaskProgress copy = resync(mirror);
    assertThat(copy.written()).isPositive().isLessThanOrEqualTo(copy.done());
    second.release();
    level(mirror);
  }

  @Test
  void sourceThatDoesNotCountIsCopiedWithoutAnExpectedNumber() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.BYTES);
    scope = MirrorScope.of("/conf/");
    source.put("/conf/a", "1");
    Faults.Gate gate = sink.faults.block("apply");

    EtcdMirror mirror = started();
    gate.awaitReached();

    assertThat(resync(mirror).done()).isEqualTo(1);
    assertThat(resync(mirror).expected()).isZero();
    assertThat(resync(mirror).timeLeft()).isNull();
    gate.release();
    level(mirror);
  }

  @Test
  void repeatedAttemptCountsFromZero() throws Exception {
    source.put("/conf/a", "1");
    sink.faults.failNext("apply", new IOException("away"));
    Faults.Gate first = sink.faults.block("apply");
    EtcdMirror mirror = started();
    first.awaitReached();
    assertThat(resync(mirror).done()).isEqualTo(2);
    Faults.Gate second = sink.faults.block("apply");
    first.release();
    second.awaitReached();

    assertThat(resync(mirror).done()).isEqualTo(2);
    second.release();
    level(mirror);
  }

  @Test
  void lookBeforeTheCopyIsAStepOfItsOwn() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/old", "theirs");
    Faults.Gate gate = source.faults.block("next");

    EtcdMirror mirror = started(builder -> builder.deleteLimit(DeleteLimit.keys(3)));
    gate.awaitReached();

    assertThat(resync(mirror).step()).isEqualTo(Step.LOOK);
    gate.release();
    level(mirror);
  }

  @Test
  void deletesAreTheLastStep() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/old", "theirs");
    sink.preset("/conf/older", "theirs");
    Faults.Gate writes = sink.faults.block("apply");
    EtcdMirror mirror = started(builder -> builder.deleteLimit(DeleteLimit.keys(3)));
    writes.awaitReached();
    assertThat(resync(mirror).step()).isEqualTo(Step.COPY);
    Faults.Gate deletes = sink.faults.block("apply");
    writes.release();
    deletes.awaitReached();

    TaskProgress last = resync(mirror);
    assertThat(last.step()).isEqualTo(Step.DELETE);
    assertThat(last.done()).isZero();
    assertThat(last.expected()).isEqualTo(2);
    assertThat(last.written()).isEqualTo(1);
    deletes.release();
    level(mirror);
  }

  @Test
  void verificationShowsHowMuchOfTheSourceItHasRead() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    List<TaskProgress> seen = statusAtEachEntry(mirror, MirrorStatus::comparison);

    mirror.verify();

    assertThat(seen).extracting(TaskProgress::done).containsExactly(0L, 1L, 2L);
    assertThat(seen).extracting(TaskProgress::step).containsOnly(Step.COMPARE);
    assertThat(seen).last().extracting(TaskProgress::expected).isEqualTo(2L);
    assertThat(mirror.status().comparison()).isNull();
  }

  @Test
  void planShowsHowMuchOfTheSourceItHasRead() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    List<TaskProgress> seen = statusAtEachEntry(mirror, MirrorStatus::comparison);

    mirror.plan();

    assertThat(seen).extracting(TaskProgress::done).containsExactly(0L, 1L, 2L);
    assertThat(mirror.status().comparison()).isNull();
  }

  @Test
  void syncOnceShowsItsProgressAndThenNone() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    List<TaskProgress> seen = statusAtEachEntry(mirror, MirrorStatus::resync);

    mirror.syncOnce();

    assertThat(seen).extracting(TaskProgress::done).containsExactly(0L, 1L, 2L);
    assertThat(mirror.status().resync()).isNull();
  }
}
