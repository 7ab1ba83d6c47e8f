package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.etcdmirror.api.Anchor;
import org.junit.jupiter.api.Test;

/** A mirror that reads its own writes, which cluster ids and prefixes do not reveal. */
class MirrorEchoTest extends MirrorFixture {

  private void assertStops(EtcdMirror mirror, String says) {
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("reads its own writes", says);
  }

  @Test
  void ownCheckpointAmongDataFailsMirror() throws Exception {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.put("/conf/ns/__replication/x", "index=5\nwriter=me\nwrite=3");
    assertStops(mirror, "'/conf/ns/__replication/x'");
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
  }

  @Test
  void ownCheckpointInFirstCopyFailsMirror() {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/__r/x", "writer=me");
    source.put("/conf/z", "1");
    assertStops(started(), "'/conf/__r/x'");
    assertThat(sink.values()).doesNotContainKey("/conf/z");
  }

  @Test
  void ownCheckpointFailsSyncOnce() {
    store.remembers(index -> false, "writer=me");
    source.put("/conf/__r/x", "writer=me");
    assertThatThrownBy(() -> mirror().syncOnce()).hasCauseInstanceOf(LoopException.class);
  }

  @Test
  void checkpointOfAnotherMirrorIsMirroredAsData() throws Exception {
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
  void changeAtOwnWriteIndexInSameClusterFailsMirror() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = followingInOneCluster();
    long next = source.index() + 1;
    sink.remembers(index -> index >= next, Anchor.Check.UNKNOWN);
    source.put("/conf/b", "1");
    assertStops(mirror, "this mirror made the change");
    assertThat(sink.values()).isEqualTo(Map.of("/copy/a", "1"));
  }

  @Test
  void changeAtOwnSaveIndexInSameClusterFailsMirror() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = followingInOneCluster();
    long next = source.index() + 1;
    store.remembers(index -> index >= next, null);
    source.put("/conf/b", "1");
    assertStops(mirror, "this mirror made the change");
  }

  @Test
  void equalIndexesInDifferentClustersAreIgnored() throws Exception {
    sink.in("another");
    sink.remembers(index -> true, Anchor.Check.UNKNOWN);
    EtcdMirror mirror = following();
    source.put("/conf/b", "1");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/b", "1"));
  }

  /** Puts a key and returns its name on the way back, which has an added prefix. */
  private String echo(EtcdMirror mirror, String name, String added) throws InterruptedException {
    source.put("/conf/" + name, "v");
    level(mirror);
    return added + name;
  }

  @Test
  void valueUnderGrowingNameFailsMirror() throws Exception {
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
  void similarNamesAreMirroredAsData() throws Exception {
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
