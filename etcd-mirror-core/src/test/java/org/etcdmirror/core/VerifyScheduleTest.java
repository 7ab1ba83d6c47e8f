package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;

/** A mirror that verifies its sink on a schedule. */
class VerifyScheduleTest extends MirrorFixture {

  private static final Duration OFTEN = Duration.ofMillis(5);

  private EtcdMirror verifying(Verification verification) throws InterruptedException {
    return following(b -> b.verification(verification.rate(1_000_000)));
  }

  private boolean isReported(long differences) {
    return told.verified.stream().anyMatch(report -> report.differences() == differences);
  }

  @Test
  void scheduledVerifyReportsDifferencesWithoutRepair() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN));
    eventually(() -> told.verified.stream().anyMatch(VerifyReport::isEqual));
    sink.lose("/conf/a");
    sink.preset("/conf/extra", "x");
    eventually(() -> isReported(2));
    eventually(() -> told.verified.contains(mirror.status().lastVerify()));
    assertThat(sink.values()).containsOnlyKeys("/conf/extra");
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void scheduledRepairFixesDifferencesBetweenEvents() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN).repair());
    sink.lose("/conf/a");
    sink.preset("/conf/b", "other");
    sink.preset("/conf/extra", "x");
    for (int i = 0; i < 50; i++) {
      source.put("/conf/c", "v" + i);
    }
    eventually(() -> sink.values().equals(source.values()));
    level(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(told.reasons()).startsWith(Gap.Reason.FORCED);
    source.put("/conf/d", "1");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    eventually(() -> told.verified.get(told.verified.size() - 1).isEqual());
  }

  @Test
  void repairObeysDeleteLimit() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror =
        following(b ->
            b.verification(Verification.every(OFTEN).repair()).deleteLimit(DeleteLimit.keys(1)));
    sink.preset("/conf/extra/1", "x");
    sink.preset("/conf/extra/2", "x");
    eventually(
        () -> Set.of(MirrorState.FAILED, MirrorState.BLOCKED).contains(mirror.status().state()));
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/extra/1", "/conf/extra/2");
  }

  @Test
  void failedScheduledVerifyIsRetriedWithoutFailingMirror() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN));
    sink.faults.failNext(
        "snapshot", new IOException("not now"), new IllegalStateException("nor now"));
    String expected = "sink: java.lang.IllegalStateException: nor now";
    eventually(() -> expected.equals(mirror.status().lastError()));
    int before = told.verified.size();
    eventually(() -> told.verified.size() > before);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    assertThat(told.retries).isEmpty();
  }

  @Test
  void errorOfScheduledVerifyDoesNotEndTheSchedule() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN));
    sink.faults.failNext("snapshot", new LinkageError("of a test"));
    eventually(() -> "of a test".equals(mirror.status().lastError()));
    int before = told.verified.size();
    eventually(() -> told.verified.size() > before);
  }

  @Test
  void noScheduledVerifyWhileMirrorDoesNotFollow() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN));
    source.faults.failAlways("head", () -> new IOException("down"));
    source.breakStreams();
    awaitState(mirror, MirrorState.RETRYING);
    // A verification may have begun before the mirror stopped following.
    eventually(this::nothingIsLookedAtDuringSomeRetries);
  }

  private boolean nothingIsLookedAtDuringSomeRetries() {
    int looks = sink.faults.calls("snapshot");
    int retries = told.retries.size();
    eventually(() -> told.retries.size() > retries + 20);
    return sink.faults.calls("snapshot") == looks;
  }

  @Test
  void closeEndsHangingVerification() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = verifying(Verification.every(OFTEN));
    Faults.Gate hanging = sink.faults.block("snapshot");
    hanging.awaitReached();
    mirror.close();
    assertClosed(mirror, MirrorState.STOPPED);
  }

  /** A close from the mirror's own thread is only a request: the current batch is finished. */
  @Test
  void listenerMayCloseMirrorInOnVerified() throws Exception {
    CompletableFuture<EtcdMirror> itself = new CompletableFuture<>();
    MirrorListener closing =
        new MirrorListener() {
          @Override
          public void onVerified(VerifyReport report) {
            Faults.Gate gate = sink.faults.block("apply");
            source.put("/conf/in-hand", "1");
            try {
              gate.awaitReached();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            itself.join().close();
            gate.release();
          }
        };
    EtcdMirror mirror = mirror(b -> b.verification(Verification.every(OFTEN)).listener(closing));
    source.put("/conf/a", "1");
    itself.complete(mirror);
    mirror.start();
    awaitState(mirror, MirrorState.STOPPED);
    eventually(source::isClosed);
    assertClosed(mirror, MirrorState.STOPPED);
    assertThat(store.index()).isEqualTo(source.index());
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void verificationWithoutAnIntervalOrARateIsRefused() {
    for (Duration bad : List.of(Duration.ZERO, Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> Verification.every(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad.toString());
    }
    Verification hourly = Verification.every(Duration.ofHours(1));
    assertThatThrownBy(() -> hourly.rate(0)).isInstanceOf(IllegalArgumentException.class);
    assertThat(hourly.repair().rate(5)).isEqualTo(new Verification(Duration.ofHours(1), true, 5));
    assertThat(hourly.repairs()).isFalse();
  }
}
