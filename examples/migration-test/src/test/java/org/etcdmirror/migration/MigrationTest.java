package org.etcdmirror.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Moves the application to v3 and back, on real servers. */
@Timeout(600)
@EtcdTest
class MigrationTest {

  private static final int CHANGES = 100;
  private static final int VERIFICATIONS = 5;

  private final EtcdServer oldCluster;
  private EtcdServer newCluster;
  private PoolStore v2;
  private PoolStore v3;
  private Link link;

  MigrationTest(EtcdServer oldCluster) {
    this.oldCluster = oldCluster;
  }

  @BeforeEach
  void startServers() {
    List<EtcdBinary> binaries = EtcdBinary.all();
    // The newest installed etcd, which need not have v2.
    newCluster =
        EtcdServer.builder().binary(binaries.get(binaries.size() - 1)).enableV2(false).start();
    v2 = PoolStore.at("v2:" + oldCluster.clientUrl());
    v3 = PoolStore.at("v3:" + newCluster.clientUrl());
    link =
        new Link(
            List.of(oldCluster.clientUrl().toString()), List.of(newCluster.clientUrl().toString()));
  }

  @AfterEach
  void stopServers() {
    newCluster.close();
  }

  @Test
  void applicationMovesToV3AndBackWithoutLosingWrites() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MigrationTest, seed " + seed);
    Traffic traffic = new Traffic(seed);

    try (EtcdMirror forward = link.forward()) {
      forward.start();
      traffic.during(() -> verifyOften(forward), v2, CHANGES);
      assertThat(link.toV3(forward).verified()).matches(VerifyReport::isEqual);
    }
    assertThat(v3.readAll()).as("seed %d", seed).isEqualTo(traffic.expected()).isNotEmpty();

    try (EtcdMirror back = link.back()) {
      back.start();
      traffic.during(() -> verifyOften(back), v3, CHANGES);
      assertThat(link.toV2(back).verified()).matches(VerifyReport::isEqual);
      assertFollowedOnly(back.status());
    }
    assertThat(v2.readAll()).as("seed %d", seed).isEqualTo(traffic.expected());

    try (EtcdMirror forward = link.forward()) {
      forward.start();
      traffic.during(() -> verifyOften(forward), v2, CHANGES);
      assertThat(forward.verify()).matches(VerifyReport::isEqual);
      assertFollowedOnly(forward.status());
    }
    assertThat(v3.readAll()).as("seed %d", seed).isEqualTo(traffic.expected());
    assertThat(link.compare()).matches(VerifyReport::isEqual);
  }

  @Test
  void reverseLinkIsRefusedBeforeTheCutover() throws Exception {
    v2.write(HostKey.parse("eqiad/appserver/nginx/mw1"), new HostState(10, "yes"));
    try (EtcdMirror forward = link.forward()) {
      forward.start();
      assertThat(forward.verify()).matches(VerifyReport::isEqual);
    }
    try (EtcdMirror back = link.back()) {
      assertThatThrownBy(back::run).hasCauseInstanceOf(LoopException.class);
    }
  }

  /** Verifies the mirror several times while the application writes. */
  private static void verifyOften(EtcdMirror mirror) throws Exception {
    for (int i = 0; i < VERIFICATIONS; i++) {
      VerifyReport report = mirror.verify();
      assertThat(report).as(report.describe()).matches(VerifyReport::isEqual);
    }
  }

  /** Each write arrived as an event: there was no resync and no gap. */
  private static void assertFollowedOnly(MirrorStatus status) {
    assertThat(status.counters().eventsApplied()).as(status.toString()).isPositive();
    assertThat(status.counters().resyncs()).as(status.toString()).isZero();
    assertThat(status.counters().gaps()).as(status.toString()).isZero();
  }
}
