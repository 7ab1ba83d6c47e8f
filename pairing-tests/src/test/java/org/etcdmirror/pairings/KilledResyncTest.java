package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Gap;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The mirror dies in the middle of a resync. */
@Tag("long")
@Timeout(600)
class KilledResyncTest {

  private static final int KEYS = 3000;
  private static final int STALE = 50;

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nextRunFinishesAResyncThatWasKilled(String kind, @TempDir Path directory) throws Exception {
    Path log = directory.resolve("mirror.log");
    try (EtcdServer sourceEtcd = EtcdServer.start();
        EtcdServer sinkEtcd = EtcdServer.start()) {
      Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
      for (int i = 0; i < KEYS; i++) {
        link.source().put("/conf/" + i, "v" + i);
      }
      for (int i = 0; i < STALE; i++) {
        link.sink().put("/conf/stale" + i, "x");
      }
      for (int kill = 0; kill < 2; kill++) {
        int before = link.sink().values("/conf/").size();
        try (FaultProxy slow = FaultProxy.to(sinkEtcd.clientUrl())) {
          // Makes the resync take seconds, so that this test sees it in progress.
          slow.link(LinkLimits.of(30_000, Duration.ofMillis(50), Duration.ZERO));
          try (JavaProcess mirror =
              MirrorProcess.start(kind, sourceEtcd.clientUrl(), slow.url(), log)) {
            Link.eventually(
                "it writes",
                () -> {
                  assertThat(mirror.isAlive()).as(Files.readString(log)).isTrue();
                  // Not by the index: the checkpoint is written before the data is.
                  return link.sink().values("/conf/").size() > before;
                });
            slow.stall(true);
          }
        }
        assertThat(link.sink().values("/conf/"))
            .as("killed in the middle, %s", kind)
            .hasSizeBetween(STALE + 1, KEYS - 1)
            .containsKey("/conf/stale0");
      }
      List<ResyncReport> reports = new CopyOnWriteArrayList<>();
      MirrorListener listener =
          new MirrorListener() {
            @Override
            public void onResync(ResyncReport report) {
              reports.add(report);
            }
          };
      try (EtcdMirror mirror =
          link.following(b -> b.listener(listener).deleteLimit(DeleteLimit.percent(100)))) {
        assertThat(mirror.status().gaps()).as("a first run still").isEmpty();
        assertThat(reports)
            .singleElement()
            .satisfies(report -> {
              assertThat(report.gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
              assertThat(report.deleted()).isEqualTo(STALE);
              assertThat(report.written()).as("the rest").isBetween(1L, KEYS - 1L);
            });
      }
    }
  }
}
