package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.testkit.junit.OnEachEtcd;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** A mirror loses no events when connections go silent and answers arrive late. */
@Timeout(600)
@EtcdTest
class SilentPathTest {

  @OnEachEtcd
  @Execution(CONCURRENT)
  void nothingIsLostWherePathsDieSilently(EtcdServer from, EtcdServer to) throws Exception {
    Mirroring pair = Mirroring.between(from, to);
    try (SilentPathProxy proxy = new SilentPathProxy(pair.sourceEtcd.clientUrl())) {
      pair.source.put("/conf/a", "1");
      try (EtcdMirror mirror = pair.mirror(proxy.url(), builder -> builder)) {
        mirror.start();
        pair.awaitLevel(mirror);
        for (int i = 0; i < 5; i++) {
          proxy.dieSilently();
          pair.source.put("/conf/once" + i, "1");
          long index = pair.source.index();
          // The index is confirmed by then, correctly or not.
          Mirroring.eventually(
              "confirmed", () -> assertThat(mirror.status().index()).isGreaterThanOrEqualTo(index));
          proxy.recover();
          pair.source.put("/conf/again", "v" + i);
          Mirroring.eventually(
              "sink is equal",
              () -> {
                assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
                pair.assertEqual();
              });
        }
        VerifyReport report = mirror.verify();
        assertThat(report.isEqual()).as(report.describe()).isTrue();
      }
    }
  }
}
