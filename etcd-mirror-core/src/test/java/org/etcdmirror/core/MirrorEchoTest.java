package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.etcdmirror.api.Anchor;
import org.junit.jupiter.api.Test;

/** A mirror that is told of its own writes, though no name of a cluster or a prefix says so. */
class MirrorEchoTest extends MirrorFixture {

  private void assertStops(EtcdMirror mirror, String says) {
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("reads its own writes", says);
  }

  @Test
  void itsOwnCheckpointAmongTheDataEndsIt() throws Exception {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.put("/conf/ns/__replication/x", "index=5\nwriter=me\nwrite=3");
    assertStops(mirror, "'/conf/ns/__replication/x'");
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
  }

  @Test
  void inAFirstCopyItIsNoticedAsWell() {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/__r/x", "writer=me");
    source.put("/conf/z", "1");
    assertStops(started(), "'/conf/__r/x'");
    assertThat(sink.values()).doesNotContainKey("/conf/z");
  }

  @Test
  void aRunThatEndsByItselfNoticesIt() {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/__r/x", "writer=me");
    assertThatThrownBy(() -> mirror().syncOnce()).hasCauseInstanceOf(LoopException.class);
  }

  @Test
  void theCheckpointOfAnotherMirrorIsData() throws Exception {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/x", "index=5\nwriter=other\nwrite=3");
    following();
    assertThat(sink.values()).hasSize(1);
  }

  private EtcdMirror followingInOneCluster() throws InterruptedException {
    scope = MirrorScope.builder().rename("/conf", "/copy").build();
    sink.in(source.clusterId(), source::index);
    store.onSave(saved -> source.foreignWrites(1));
    return following();
  }

  @Test
  void inOneClusterAChangeAtAnIndexOfItsOwnEndsIt() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = followingInOneCluster();
    long next = source.index() + 1;
    sink.remembers(index -> index >= next, Anchor.Check.UNKNOWN);
    source.put("/conf/b", "1");
    assertStops(mirror, "this mirror made the change");
    assertThat(sink.values()).isEqualTo(Map.of("/copy/a", "1"));
  }

  @Test
  void aSaveOfItsStoreCountsAsWell() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = followingInOneCluster();
    long next = source.index() + 1;
    store.remembers(index -> index >= next, null);
    source.put("/conf/b", "1");
    assertStops(mirror, "this mirror made the change");
  }

  @Test
  void inTwoClustersEqualIndexesSayNothing() throws Exception {
    sink.in("another");
    sink.remembers(index -> true, Anchor.Check.UNKNOWN);
    EtcdMirror mirror = following();
    source.put("/conf/b", "1");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/b", "1"));
  }

  /** What a namespace before the sink makes of it, if the way back has another one. */
  private String echo(EtcdMirror mirror, String name, String added) throws InterruptedException {
    source.put("/conf/" + name, "v");
    level(mirror);
    return added + name;
  }

  @Test
  void aValueUnderANameThatKeepsGrowingEndsIt() throws Exception {
    EtcdMirror mirror = following();
    String name = "k";
    for (int i = 0; i < 40 && mirror.status().state() == MirrorState.FOLLOWING; i++) {
      source.put("/conf/" + name, "v");
      name = "n/" + name;
      long index = source.index();
      eventually(
          () -> mirror.status().index() >= index || mirror.status().state() == MirrorState.FAILED);
    }
    assertStops(mirror, "under a name longer by");
    assertThat(sink.values()).hasSizeLessThan(40);
  }

  @Test
  void namesThatLookAlikeAreData() throws Exception {
    EtcdMirror mirror = following();
    String name = "k";
    for (int i = 0; i < 12; i++) {
      name = echo(mirror, name, "n/");
    }
    for (int i = 0; i < 20; i++) {
      name = echo(mirror, name, "n" + i + "/");
      echo(mirror, "beat", "");
    }
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
  }
}
