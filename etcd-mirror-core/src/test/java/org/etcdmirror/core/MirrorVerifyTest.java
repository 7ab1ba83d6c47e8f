package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.checkpoint.CheckpointNotes;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.verify.Inspection;
import org.etcdmirror.core.internal.verify.StoredProgress;
import org.junit.jupiter.api.Test;

/** Verification of a mirror that runs, that does not run, or that runs in another process. */
class MirrorVerifyTest extends MirrorFixture {

  private static CompletableFuture<VerifyReport> verifying(EtcdMirror mirror) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return mirror.verify();
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    });
  }

  private static VerifyReport result(CompletableFuture<VerifyReport> verifying) throws Exception {
    return verifying.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void verifyWaitsForPendingWrites() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/a", "2");
    gate.awaitReached();
    CompletableFuture<VerifyReport> verifying = verifying(mirror);
    eventually(() -> source.faults.calls("snapshot") == 2);
    assertThat(verifying).isNotDone();
    gate.release();
    VerifyReport report = result(verifying);
    assertThat(report.isEqual()).isTrue();
    assertThat(report.behind()).isZero();
    assertThat(report.index()).isEqualTo(source.index());
    assertThat(mirror.status().lastVerify()).isEqualTo(report);
    assertThat(told.verified).containsExactly(report);
  }

  @Test
  void verifyFindsKeyThatSinkLost() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    sink.lose("/conf/a");
    VerifyReport report = mirror.verify();
    assertThat(report.samples()).hasSize(1).first().hasToString("MISSING /conf/a");
    assertThat(sink.values()).as("verify changes nothing").isEmpty();
  }

  /** Waiting for a paused mirror is useless, and the limit here is a day. */
  @Test
  void pausedMirrorIsVerifiedWithoutWaiting() throws Exception {
    EtcdMirror mirror = following();
    mirror.pause();
    eventually(() -> mirror.status().state() == MirrorState.PAUSED);
    source.put("/conf/a", "1");
    Settings settings = mirror.settings();
    MirrorRuntime runtime = mirror.runtime();
    Inspection patient =
        new Inspection(
            settings, runtime, new CheckpointNotes(settings, runtime), Duration.ofDays(1));
    patient.mirrorStarts();
    VerifyReport report = patient.verify(0);
    assertThat(report.missing()).isPositive();
    assertThat(report.behind()).isPositive();
  }

  @Test
  void verifyWithoutRunningMirrorDoesNotWait() throws Exception {
    source.put("/conf/a", "1");
    VerifyReport report = mirror().verify();
    assertThat(report.missing()).isEqualTo(2);
    assertThat(report.behind()).isEqualTo(source.index());
  }

  @Test
  void verifyOfStoppedMirrorComputesLagFromStoredIndex() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror stopped = mirror();
    stopped.syncOnce();
    assertThat(stopped.verify().isEqual()).isTrue();
    source.put("/conf/b", "1");
    for (EtcdMirror each : new EtcdMirror[] {stopped, mirror()}) {
      VerifyReport report = each.verify();
      assertThat(report.missing()).isEqualTo(1);
      assertThat(report.behind()).isEqualTo(1);
    }
  }

  @Test
  void verifyWaitsForMirrorInAnotherProcess() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror elsewhere = following();
    Faults.Gate gate = sink.faults.block("apply");
    long index = source.put("/conf/a", "2");
    gate.awaitReached();
    CompletableFuture<VerifyReport> verifying = verifying(mirror());
    eventually(() -> store.faults.calls("load") >= 2);
    assertThat(verifying).isNotDone();
    gate.release();
    level(elsewhere);
    VerifyReport report = result(verifying);
    assertThat(report.isEqual()).isTrue();
    assertThat(report.behind()).isZero();
    assertThat(report.index()).isEqualTo(index);
  }

  @Test
  void checkpointOfAnotherClusterDoesNotCountForLag() throws Exception {
    store.preset(1_000_000, "cluster-before", null);
    StoredProgress level =
        new StoredProgress(store, Duration.ofMillis(1), Duration.ofMinutes(1), new Shutdown());
    assertThat(level.behind(new SourceHead("cluster-before", 1_000_000))).isZero();
    assertThat(level.behind(new SourceHead("cluster-1", 10))).isEqualTo(10);
  }

  @Test
  void verifyStopsReadingStoreWhenMirrorStarts() throws Exception {
    source.put("/conf/a", "1");
    resumable(source.index());
    sink.preset("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = mirror();
    CompletableFuture<VerifyReport> verifying = verifying(mirror);
    eventually(() -> store.faults.calls("load") >= 1);
    Faults.Gate gate = sink.faults.block("apply");
    mirror.start();
    gate.awaitReached();
    int loads = store.faults.calls("load");
    gate.release();
    VerifyReport report = result(verifying);
    assertThat(report.isEqual()).as(report.toString()).isTrue();
    assertThat(report.behind()).isZero();
    assertThat(store.faults.calls("load")).isEqualTo(loads);
  }

  @Test
  void closeEndsVerification() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("snapshot");
    CompletableFuture<VerifyReport> verifying = verifying(mirror);
    gate.awaitReached();
    mirror.close();
    gate.release();
    assertThatThrownBy(() -> result(verifying))
        .hasRootCauseInstanceOf(Retry.StoppedException.class);
    assertThatThrownBy(mirror::verify).isInstanceOf(CancellationException.class);
  }

  @Test
  void closeOfTheSinkEndsVerification() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("snapshot");
    sink.faults.failNext("snapshot", new ClosedException("sink"));
    CompletableFuture<VerifyReport> verifying = verifying(mirror);
    gate.awaitReached();
    mirror.close();
    gate.release();
    assertThatThrownBy(() -> result(verifying))
        .hasCauseInstanceOf(CancellationException.class)
        .hasRootCauseInstanceOf(ClosedException.class);
  }

  @Test
  void unsupportedEntriesAreNoDifferences() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.PATHS);
    sink.refuseValue("bad");
    source.put("/conf/a", "1");
    source.put("/conf/a/b", "1");
    source.put("/conf/c", "bad");
    EtcdMirror mirror = following(b -> b.unsupportedEntries(UnsupportedEntries.SKIP));
    VerifyReport report = mirror.verify();
    assertThat(report.isEqual()).isTrue();
    assertThat(report.unsupported()).isEqualTo(2);
    assertThat(report.compared()).isEqualTo(3);
  }
}
