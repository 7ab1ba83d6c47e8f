package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.StoredLink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Source and sink have the same cluster id, as two servers with default settings do. */
class MirrorSameIdTest extends MirrorFixture {

  private static final String ID = "cluster-1";

  private final AtomicLong sinkIndex = new AtomicLong();

  /** The sink is another cluster, at this index; each save moves it. */
  private void sinkAt(long index) {
    sinkIndex.set(index);
    sink.in(ID, sinkIndex::get);
    store.onSave(saved -> sinkIndex.incrementAndGet());
  }

  /** Both sides are one cluster; each save moves it. */
  private void oneCluster() {
    sink.in(ID, source::index);
    store.onSave(saved -> source.foreignWrites(1));
  }

  private String refusal() {
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run).hasCauseInstanceOf(LoopException.class);
    assertThat(sink.batches()).isEmpty();
    return String.valueOf(mirror.status().lastError());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 5_000})
  void differentIndexProvesTwoClusters(long index) throws Exception {
    source.put("/conf/a", "1");
    sinkAt(index);
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.saves())
        .as("no proof was written")
        .noneMatch(saved -> saved.clusterId() == null);
  }

  @Test
  void sourceNotMovedBySavesIsAnotherCluster() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(source.index());
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.last().clusterId()).isEqualTo(ID);
  }

  @Test
  void syncOnceProvesTwoClustersWithSameId() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(source.index());
    mirror().syncOnce();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.last().notes()).doesNotContainKey("must-compare");
  }

  @Test
  void resumedMirrorProvesTwoClustersWithSameId() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(source.index());
    following().close();
    source.put("/conf/b", "2");
    sinkAt(source.index());
    following();
    assertThat(sink.values()).containsEntry("/conf/b", "2");
    assertThat(told.gaps).isEmpty();
  }

  @Test
  void sourceMovedBySavesIsRefusedAsSameCluster() {
    source.put("/conf/a", "1");
    oneCluster();
    assertThat(refusal()).contains("the same cluster " + ID, "sink index", "'/conf'");
    assertThat(store.last().clusterId()).as("no reverse link is left").isNull();
  }

  @Test
  void mirrorIsRefusedIfSinkIndexCannotBeMoved() {
    source.put("/conf/a", "1");
    sink.in(ID, source::index);
    assertThat(refusal()).contains("may mirror its own writes", ID, "sink index " + source.index());
  }

  @Test
  void failedProofOfTwoClustersIsRetried() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(source.index());
    store.faults.failNext("save", new IOException("down"));
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(store.last().clusterId()).isEqualTo(ID);
  }

  @Test
  void planAndVerifyDoNotWriteToProveClusters() throws Exception {
    source.put("/conf/a", "1");
    oneCluster();
    EtcdMirror mirror = mirror();
    assertThat(mirror.plan().writes()).as("a directory and a value").isEqualTo(2);
    mirror.verify();
    assertThat(store.saves()).isEmpty();
  }

  private static StoredLink linkAt(long index) {
    return new StoredLink(
        Bytes.utf8("/__replication/conf"),
        new Checkpoint(
            index, ID, "fingerprint", Instant.EPOCH, 0, Map.of("anchor", "5 7 /conf/a")));
  }

  @Test
  void linkFromThirdClusterWithSameIdIsNoReverseLink() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(5_000);
    sink.remembers(index -> false, Anchor.Check.BROKEN);
    source.holds(linkAt(7));
    following();
  }

  @Test
  void linkAtIndexBeyondSinkIsNoReverseLink() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(5_000);
    source.holds(linkAt(6_000));
    following();
  }

  private void startedBesideAForeignLink() throws Exception {
    source.put("/conf/a", "1");
    sinkAt(5_000);
    sink.remembers(index -> false, Anchor.Check.BROKEN);
    source.holds(linkAt(7));
    following().close();
    assertThat(store.last().notes()).containsEntry("foreign-links", "7 /__replication/conf");
  }

  @Test
  void linkProvenForeignStaysForeignWhenAnchorHolds() throws Exception {
    startedBesideAForeignLink();
    sink.remembers(index -> false, Anchor.Check.HOLDS);
    source.put("/conf/b", "2");
    following();
    assertThat(sink.values()).containsEntry("/conf/b", "2");
    assertThat(store.last().notes()).containsKey("foreign-links");
  }

  @Test
  void foreignLinkWhoseIndexWentBackIsRefused() throws Exception {
    startedBesideAForeignLink();
    sink.remembers(index -> false, Anchor.Check.HOLDS);
    source.holds(linkAt(6));
    assertThatThrownBy(mirror()::run).hasCauseInstanceOf(LoopException.class);
  }

  @Test
  void foreignLinkProofDoesNotApplyToReplacedSource() throws Exception {
    startedBesideAForeignLink();
    sink.remembers(index -> false, Anchor.Check.HOLDS);
    source.replaceCluster("cluster-2", 60);
    sink.in("cluster-2", sinkIndex::get);
    source.holds(
        new StoredLink(
            Bytes.utf8("/__replication/conf"),
            new Checkpoint(8, "cluster-2", "fingerprint", Instant.EPOCH)));
    assertThatThrownBy(mirror()::run).hasCauseInstanceOf(LoopException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HOLDS", "UNKNOWN"})
  void linkThatMayComeFromSinkIsRefused(String anchor) {
    source.put("/conf/a", "1");
    sinkAt(5_000);
    sink.remembers(index -> false, Anchor.Check.valueOf(anchor));
    source.holds(linkAt(7));
    assertThat(refusal()).contains("through a reverse link");
  }

  @Test
  void cutoverToAnotherClusterWithSinksIdIsRefused() throws Exception {
    source.put("/conf/a", "1");
    sink.in("cluster-2", () -> 70);
    FakeSource other = new FakeSource(KeyModel.PATHS);
    other.replaceCluster("cluster-2", 60);
    FakeStore reverse = new FakeStore();
    EtcdMirror mirror = following();
    Cutover cutover =
        Cutover.builder()
            .mirror(mirror)
            .newSource(other)
            .reverseStore(reverse)
            .verification(CutoverFixture.EQUAL)
            .build();
    assertThatThrownBy(() -> cutover.run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContainingAll("two clusters with the same id cluster-2");
    assertThat(reverse.saves()).isEmpty();
  }

  @Test
  void indexMovedOnlyByOwnSavesIsNotSavedInSameCluster() throws Exception {
    scope = MirrorScope.builder().rename("/conf", "/copy").build();
    source.put("/conf/a", "1");
    List<Long> own = Collections.synchronizedList(new ArrayList<>());
    sink.in(ID, source::index);
    store.remembers(own::contains, null);
    store.onSave(saved -> {
      source.foreignWrites(1);
      own.add(source.index());
    });
    EtcdMirror mirror = following();
    // Long enough for each save to cause the next one.
    for (int i = 0; i < 3; i++) {
      source.foreignWrites(1);
      long foreign = source.index();
      eventually(() -> store.index() >= foreign);
    }
    int before = store.saves().size();
    int polls = source.faults.calls("poll");
    // Each poll of an idle source takes a second, as long as a save waits.
    eventually(() -> source.faults.calls("poll") >= polls + 5);
    assertThat(store.saves())
        .as("one may have been under way")
        .hasSizeLessThanOrEqualTo(before + 1);
    assertThat(mirror.status().index()).isEqualTo(source.index());
  }
}
