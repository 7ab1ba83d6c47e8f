package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A mirror recovers from faults of the network or a proxy without another resync. */
@Timeout(600)
class FaultsTest {

  private Mirroring pair;
  private FaultProxy proxy;
  private EtcdMirror mirror;

  @BeforeEach
  void startBehindAProxy() {
    pair = Mirroring.start();
    proxy = FaultProxy.to(pair.sourceEtcd.clientUrl());
    pair.source.put("/conf/a", "1");
    mirror = pair.mirror(proxy.url().toString(), builder -> builder);
    mirror.start();
    pair.awaitLevel(mirror);
  }

  @AfterEach
  void stop() {
    mirror.close();
    proxy.close();
    pair.close();
  }

  private void assertEqualWithoutAnotherResync() {
    pair.source.put("/conf/end", "over");
    MirrorStatus status = pair.awaitLevel(mirror);
    pair.assertEqual();
    assertThat(status.counters().resyncs()).as(status.toString()).isEqualTo(1);
  }

  @Test
  void changesAroundCutConnectionsAreNotLost() {
    for (int i = 0; i < 20; i++) {
      pair.source.put("/conf/k" + i, "v" + i);
      proxy.cutAll();
      pair.source.put("/conf/l" + i, "w" + i);
    }
    assertEqualWithoutAnotherResync();
  }

  @Test
  void changesMadeWhileTheSourceWasUnreachableArrive() {
    proxy.refuse(true);
    proxy.cutAll();
    Mirroring.eventually(
        "noticed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
    pair.source.put("/conf/b", "2");
    pair.source.delete("/conf/a", "");
    proxy.refuse(false);
    assertEqualWithoutAnotherResync();
  }

  @Test
  void htmlErrorPageOfProxyIsNotTakenAsAnswer() {
    proxy.answerHtml(502);
    proxy.cutAll();
    Mirroring.eventually(
        "noticed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
    assertThat(mirror.status().lastError()).contains("502");
    pair.source.put("/conf/b", "2");
    proxy.heal();
    assertEqualWithoutAnotherResync();
  }

  @Test
  void htmlPageWithStatus200IsNotTakenAsAnswer() {
    proxy.answerHtml(200);
    proxy.cutAll();
    Mirroring.eventually(
        "noticed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
    pair.source.put("/conf/b", "2");
    proxy.heal();
    assertEqualWithoutAnotherResync();
  }

  @Test
  void stalledNetworkIsDetectedAndLosesNoChanges() {
    proxy.stall(true);
    pair.source.put("/conf/b", "2");
    Mirroring.eventually(
        "noticed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
    proxy.cutAll();
    proxy.stall(false);
    assertEqualWithoutAnotherResync();
  }

  @Test
  void eventCutInTheMiddleIsReadAgain() {
    for (int bytes = 150; bytes < 450; bytes += 30) {
      proxy.truncateAfter(bytes);
      proxy.cutAll();
      pair.source.put("/conf/cut", "value " + bytes);
    }
    proxy.heal();
    assertEqualWithoutAnotherResync();
  }

  @Test
  void mirrorFollowsRestartedSource() {
    pair.source.put("/conf/b", "2");
    pair.sourceEtcd.kill();
    pair.sourceEtcd.restart();
    pair.source.put("/conf/c", "3");
    assertEqualWithoutAnotherResync();
  }

  @Test
  void mirrorWritesToRestartedSink() {
    pair.sinkEtcd.kill();
    pair.source.put("/conf/b", "2");
    Mirroring.eventually(
        "noticed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.RETRYING));
    pair.sinkEtcd.restart();
    assertEqualWithoutAnotherResync();
  }

  @Test
  void randomFaultsUnderLoadLoseNoChanges() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    Thread writer =
        new Thread(() -> {
          for (int i = 0; i < 3_000; i++) {
            pair.source.put("/conf/" + i % 50, "v" + i);
          }
        });
    writer.start();
    while (writer.isAlive()) {
      writer.join(random.nextInt(100) + 1);
      proxy.cutAll();
      proxy.heal();
      if (random.nextInt(3) == 0) {
        proxy.truncateAfter(random.nextInt(2_000) + 1);
      }
    }
    proxy.heal();
    pair.source.put("/conf/end", "over");
    pair.awaitLevel(mirror);
    pair.assertEqual();
  }
}
