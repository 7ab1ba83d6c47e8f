package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SinkRolledBackException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A leader gives way to another member while something is under way. */
class MirrorGivesWayTest extends MirrorFixture {

  private final FakeElectingSink electing = new FakeElectingSink(store);

  /** What the listener closes as soon as it gives way. */
  private final AtomicReference<EtcdMirror> closedByListener = new AtomicReference<>();

  private final CountDownLatch listenerReturned = new CountDownLatch(1);

  @BeforeEach
  void elect() {
    sink = electing;
    electing.leads(true);
  }

  private EtcdMirror leader() throws InterruptedException {
    return following(builder ->
        builder
            .standby(new Standby("me", Duration.ofSeconds(2)))
            .closeTimeout(Duration.ofMinutes(1))
            .listener(
                new MirrorListener() {
                  @Override
                  public void onState(MirrorState before, MirrorState after) {
                    EtcdMirror mirror = closedByListener.get();
                    if (after == MirrorState.STANDBY && mirror != null) {
                      mirror.close();
                      listenerReturned.countDown();
                    }
                  }
                }));
  }

  /** Another member leads while a batch is written. */
  private Faults.Gate deposedDuringBatch() throws InterruptedException {
    Faults.Gate batch = sink.faults.block("apply");
    source.put("/conf/a", "1");
    batch.awaitReached();
    electing.leads(false);
    return batch;
  }

  @Test
  void memberThatIsClosedWhileItGivesWayHasStopped() throws Exception {
    EtcdMirror mirror = leader();
    Faults.Gate batch = deposedDuringBatch();
    awaitState(mirror, MirrorState.STANDBY);
    Thread closer = new Thread(mirror::close, "closer");
    closer.start();
    eventually(() -> closer.getState() == Thread.State.TIMED_WAITING);
    batch.release();
    closer.join(PATIENCE.toMillis());
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
  }

  @Test
  void listenerThatClosesWhenTheMemberGivesWayDoesNotWaitForTheBatch() throws Exception {
    EtcdMirror mirror = leader();
    closedByListener.set(mirror);
    Faults.Gate batch = deposedDuringBatch();
    boolean returned = listenerReturned.await(PATIENCE.toMillis(), MILLISECONDS);
    batch.release();
    assertThat(returned).isTrue();
    awaitState(mirror, MirrorState.STOPPED);
  }

  @Test
  void memberThatFindsTheSinkRolledBackWhenItGivesWayLeavesTheNewLeadersIndex() throws Exception {
    EtcdMirror mirror = leader();
    source.put("/conf/a", "1");
    level(mirror);
    store.faults.failNext("save", new SinkRolledBackException("an older checkpoint is there"));
    Faults.Gate save = store.faults.block("save");
    source.put("/conf/a", "2");
    save.awaitReached();
    electing.leads(false);
    awaitState(mirror, MirrorState.STANDBY);
    Checkpoint last = store.last();
    store.preset(
        new Checkpoint(source.index(), last.clusterId(), last.scope(), last.savedAt())
            .withNotes(last.notes()));
    List<Long> saved = new CopyOnWriteArrayList<>();
    store.onSave(checkpoint -> saved.add(checkpoint.index()));
    save.release();
    electing.leads(true);
    source.put("/conf/a", "3");
    level(mirror);
    eventually(() -> !saved.isEmpty());
    assertThat(saved).allMatch(index -> index > last.index());
    assertThat(told.reasons()).doesNotContain(Gap.Reason.SINK_ROLLED_BACK);
  }

  @Test
  void leadIsGivenUpByAnotherRequestIfTheFirstOneFails() throws Exception {
    EtcdMirror mirror = leader();
    sink.faults.failNext("resign", new IOException("deadline exceeded"));
    mirror.close();
    assertThat(sink.faults.calls("resign")).isEqualTo(2);
  }

  @Test
  void planIsMadeAnewWhenTheMemberGivesWay() throws Exception {
    EtcdMirror mirror = leader();
    source.put("/conf/a", "1");
    level(mirror);
    Faults.Gate reading = source.faults.block("snapshot");
    FutureTask<ResyncPlan> plan = new FutureTask<>(mirror::plan);
    new Thread(plan, "planner").start();
    reading.awaitReached();
    electing.leads(false);
    awaitState(mirror, MirrorState.STANDBY);
    reading.release();
    assertThat(requireNonNull(plan.get(PATIENCE.toMillis(), MILLISECONDS)).deletes()).isZero();
  }
}
