package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;

/** Mirrors of {@code /conf/} from one real keyspace to another. */
record Link(Keyspace source, Keyspace sink) {

  EtcdMirror mirror(UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirrorBuilder builder = EtcdMirror.builder().scope(MirrorScope.of("/conf/"));
    source.readBy(builder);
    sink.writtenBy(builder);
    return options.apply(builder).build();
  }

  EtcdMirror started(UnaryOperator<EtcdMirrorBuilder> options) {
    EtcdMirror mirror = mirror(options);
    mirror.start();
    return mirror;
  }

  /** Started, and level with the source. */
  EtcdMirror following(UnaryOperator<EtcdMirrorBuilder> options) throws InterruptedException {
    EtcdMirror mirror = started(options);
    awaitState(mirror, MirrorState.FOLLOWING);
    awaitEqual(mirror);
    return mirror;
  }

  /** A run that leaves the sink level and its index stored. */
  void mirroredOnce() throws InterruptedException {
    following(builder -> builder).close();
  }

  void awaitEqual(EtcdMirror mirror) throws InterruptedException {
    awaitLevel(mirror);
    assertEqual();
  }

  /** For a source that may change at any moment by itself. */
  void awaitLevel(EtcdMirror mirror) throws InterruptedException {
    long index = source.index();
    assertThat(mirror.await(index, PATIENCE)).as("%d: %s", index, mirror.status()).isTrue();
  }

  void assertEqual() {
    assertThat(sink.values("/conf/")).isEqualTo(source.values("/conf/"));
  }

  static void awaitState(EtcdMirror mirror, MirrorState state) {
    eventually(
        state.name(),
        () -> {
          MirrorState now = mirror.status().state();
          assertThat(now.isFinal() && now != state).as(mirror.status().toString()).isFalse();
          return now == state;
        });
  }

  static void eventually(String what, Callable<Boolean> condition) {
    eventually(what, condition, PATIENCE);
  }

  static void eventually(String what, Callable<Boolean> condition, Duration patience) {
    await(what).atMost(patience).pollInterval(Duration.ofMillis(20)).until(condition);
  }
}
