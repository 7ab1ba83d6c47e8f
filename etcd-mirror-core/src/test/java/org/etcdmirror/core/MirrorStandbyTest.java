package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member of a link with standbys, over several times of leading. */
class MirrorStandbyTest extends MirrorFixture {

  private static final DeleteLimit FEW = new DeleteLimit(10, 10, false);

  private final FakeElectingSink electing = new FakeElectingSink(store);

  @BeforeEach
  void elect() {
    sink = electing;
  }

  private EtcdMirror member() {
    Standby standby = new Standby("me", Duration.ofSeconds(2));
    return started(builder -> builder.deleteLimit(FEW).standby(standby));
  }

  private EtcdMirror leader() throws InterruptedException {
    electing.leads(true);
    EtcdMirror mirror = member();
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    return mirror;
  }

  @Test
  void sideIsComparedAgainAfterLongTimeAsStandby() throws Exception {
    electing.lateEffects(Duration.ofSeconds(3));
    source.put("/conf/a", "1");
    long began = System.nanoTime();
    EtcdMirror mirror = member();
    awaitState(mirror, MirrorState.STANDBY);
    eventually(() -> System.nanoTime() - began > Duration.ofSeconds(4).toNanos());
    electing.leads(true);
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> !told.verified.isEmpty());
    // The request of a leader that died is executed now.
    sink.lose("/conf/a");
    eventually(() -> sink.values().equals(source.values()));
  }

  @Test
  void failureBetweenTwoTimesOfLeadingIsTold() throws Exception {
    EtcdMirror mirror = leader();
    electing.makesNoMore();
    electing.leads(false);
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.failure()).get().asString().contains("the certificate cannot be read");
    assertThat(mirror.status().lastError()).contains("the certificate cannot be read");
  }

  @Test
  void memberThatLostTheLeadLeadsAgain() throws Exception {
    EtcdMirror mirror = leader();
    electing.leads(false);
    awaitState(mirror, MirrorState.STANDBY);
    source.put("/conf/a", "1");
    electing.leads(true);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void pauseOutlastsTheLossOfTheLead() throws Exception {
    EtcdMirror mirror = leader();
    assertThat(mirror.pause(PATIENCE)).isTrue();
    electing.leads(false);
    awaitState(mirror, MirrorState.STANDBY);
    electing.leads(true);
    awaitState(mirror, MirrorState.PAUSED);
    source.put("/conf/a", "1");
    mirror.resume();
    level(mirror);
  }

  @Test
  void takeoverDoesNotWaitForTheLeadersIndex() throws Exception {
    EtcdMirror mirror = member();
    store.faults.block("load").awaitReached();
    electing.leads(true);
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void waitForLevelEndsAtOnceWhileApprovalIsAwaited() throws Exception {
    source.put("/conf/a", "1");
    for (int i = 0; i < 200; i++) {
      sink.preset("/conf/" + i, "old");
    }
    electing.leads(true);
    EtcdMirror mirror = member();
    awaitState(mirror, MirrorState.BLOCKED);
    long began = System.nanoTime();
    assertThat(mirror.awaitLevel(PATIENCE)).isFalse();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE.dividedBy(2));
  }

  @Test
  void waitForLevelLastsWhileMemberStandsBy() throws Exception {
    EtcdMirror mirror = leader();
    electing.leads(false);
    awaitState(mirror, MirrorState.STANDBY);
    source.put("/conf/a", "1");
    electing.leads(true);
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
  }
}
