package org.etcdmirror.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.junit.EtcdApi;
import org.etcdmirror.junit.MirroredEtcd;
import org.etcdmirror.junit.MirroredPair;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Moves the application to v3 and back, on real servers. */
@Timeout(600)
@MirroredEtcd(source = EtcdApi.V2, sink = EtcdApi.V3, prefix = "/conftool")
class MigrationTest {

  private static final int CHANGES = 100;
  private static final int VERIFICATIONS = 5;

  private final MirroredPair etcd;

  MigrationTest(MirroredPair etcd) {
    this.etcd = etcd;
  }

  @Test
  void applicationMovesToV3AndBackWithoutLosingWrites() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MigrationTest, seed " + seed);
    Traffic traffic = new Traffic(seed);

    writeAndVerify(traffic);
    etcd.cutOver();
    assertThat(store().readAll()).as("seed %d", seed).isEqualTo(traffic.expected()).isNotEmpty();

    writeAndVerify(traffic);
    EtcdMirror back = etcd.mirror();
    etcd.cutOver();
    assertFollowedOnly(back.status());
    assertThat(store().readAll()).as("seed %d", seed).isEqualTo(traffic.expected());

    writeAndVerify(traffic);
    etcd.awaitLevel();
    assertFollowedOnly(etcd.mirror().status());
    assertThat(PoolStore.at(etcd.sink().address()).readAll())
        .as("seed %d", seed)
        .isEqualTo(traffic.expected());
  }

  @Test
  void applicationLosesNoWriteWhileTheLinesOfTheMirrorAreCut() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MigrationTest, seed " + seed);
    Traffic traffic = new Traffic(seed);
    traffic.during(
        () -> {
          for (int i = 0; i < VERIFICATIONS; i++) {
            etcd.source().line().cutAll();
            etcd.sink().line().cutAll();
            etcd.awaitLevel();
          }
        },
        store(),
        CHANGES);
    etcd.cutOver();
    assertThat(store().readAll()).as("seed %d", seed).isEqualTo(traffic.expected()).isNotEmpty();
  }

  @Test
  void reverseLinkIsRefusedBeforeTheCutover() throws Exception {
    store().write(HostKey.parse("eqiad/appserver/nginx/mw1"), new HostState(10, "yes"));
    etcd.verifyEqual();
    try (EtcdMirror back =
        EtcdMirror.builder()
            .link("conftool-back")
            .source(V3Source.of(etcd.sink().url().toString()))
            .sink(V2Sink.of(etcd.source().url().toString()))
            .scope(MirrorScope.of("/conftool").inverse())
            .build()) {
      assertThatThrownBy(back::run).hasCauseInstanceOf(LoopException.class);
    }
  }

  /** The store of the application, where it writes now. */
  private PoolStore store() {
    return PoolStore.at(etcd.writer().address());
  }

  /** Verifies the mirror several times while the application writes. */
  private void writeAndVerify(Traffic traffic) throws Exception {
    traffic.during(
        () -> {
          for (int i = 0; i < VERIFICATIONS; i++) {
            etcd.verifyEqual();
          }
        },
        store(),
        CHANGES);
  }

  /** Each write arrived as an event: there was no resync and no gap. */
  private static void assertFollowedOnly(MirrorStatus status) {
    assertThat(status.counters().eventsApplied()).as(status.toString()).isPositive();
    assertThat(status.counters().resyncs()).as(status.toString()).isZero();
    assertThat(status.counters().gaps()).as(status.toString()).isZero();
  }
}
