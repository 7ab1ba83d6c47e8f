package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.junit.jupiter.api.BeforeEach;

/** A mirror from one cluster to another, whose sink becomes the new source. */
abstract class CutoverFixture extends MirrorFixture {

  static final String NEW = "cluster-2";
  static final Cutover.Verification EQUAL = () -> report(3, List.of());

  final FakeSource target = new FakeSource(KeyModel.PATHS);
  final FakeStore reverse = new FakeStore();

  @BeforeEach
  void bothSidesHoldSomething() {
    target.replaceCluster(NEW, 70);
    sink.in(NEW, target::index);
    source.put("/conf/a", "1");
  }

  static VerifyReport report(long compared, List<Difference> found) {
    return new VerifyReport(
        Instant.EPOCH, 0, Duration.ZERO, 1, compared, found.size(), 0, 0, 0, 1, 0, found);
  }

  Cutover cutover(EtcdMirror mirror, Cutover.Verification verification) {
    return Cutover.builder()
        .mirror(mirror)
        .newSource(target)
        .reverseStore(reverse)
        .verification(verification)
        .build();
  }

  Cutover cutover(EtcdMirror mirror) {
    return cutover(mirror, EQUAL);
  }

  void assertRunsOn(EtcdMirror mirror) throws InterruptedException {
    source.put("/conf/later", "1");
    level(mirror);
    assertThat(sink.values()).containsEntry("/conf/later", "1");
    eventually(() -> store.index() == source.index());
    assertThat(CutoverMark.isIn(store.last())).isFalse();
    assertThat(reverse.saves()).isEmpty();
  }

  void assertCutOver(EtcdMirror mirror) {
    assertClosed(mirror, MirrorState.STOPPED);
    Checkpoint forward = store.last();
    assertThat(forward.index()).isEqualTo(source.index());
    assertThat(forward.notes().get("cutover"))
        .startsWith(
            "source %d, target 70, cluster cluster-2, compared 3, left out 1, at "
                .formatted(source.index()));
    Checkpoint back = reverse.last();
    assertThat(back.index()).isEqualTo(70);
    assertThat(back.clusterId()).isEqualTo(NEW);
    assertThat(back.scope()).isEqualTo(scope.inverse().fingerprint(ExpiryPolicy.FOLLOW_SOURCE));
    assertThat(CutoverMark.isIn(back)).isFalse();
  }

  Checkpoint reverseAt(long index) {
    return new Checkpoint(
        index, NEW, scope.inverse().fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Instant.EPOCH);
  }
}
