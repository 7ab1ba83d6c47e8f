package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.KeyModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** One link from {@code /conf} to {@code /conf}, made of fakes. */
@Timeout(MirrorFixture.LIMIT_SECONDS)
public abstract class MirrorFixture {

  /** The limit of one test. All is in memory, so a test that takes longer hangs. */
  public static final int LIMIT_SECONDS = 30;

  /** The limit of one wait; shorter, so that the failure names the condition. */
  public static final Duration PATIENCE = Duration.ofSeconds(25);

  FakeSource source = new FakeSource(KeyModel.PATHS);
  FakeSink sink = new FakeSink(KeyModel.PATHS);
  FakeStore store = new FakeStore();
  Recorder told = new Recorder();
  MirrorScope scope = MirrorScope.of("/conf");
  private final List<EtcdMirror> mirrors = new ArrayList<>();
  private Set<Thread> threadsBefore = Set.of();

  @BeforeEach
  void rememberThreads() {
    threadsBefore = Thread.getAllStackTraces().keySet();
  }

  @AfterEach
  void closeAllAndLeaveNoThread() {
    source.faults.healAll();
    sink.faults.healAll();
    store.faults.healAll();
    mirrors.forEach(EtcdMirror::close);
    eventually(() -> mirrorThreads().isEmpty());
  }

  List<Thread> mirrorThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !threadsBefore.contains(thread))
        .filter(thread -> thread.getName().startsWith("etcd-mirror-"))
        .toList();
  }

  EtcdMirror mirror() {
    return mirror(builder -> {});
  }

  EtcdMirror mirror(Consumer<EtcdMirrorBuilder> settings) {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(sink)
            .scope(scope)
            .link("test")
            .listener(told)
            .closeTimeout(Duration.ofSeconds(10))
            .backoff(Duration.ofMillis(1), Duration.ofMillis(20))
            .resyncs(Duration.ofHours(1), Duration.ofMillis(1), Duration.ofMillis(20));
    if (!(sink instanceof AtomicSink || sink instanceof ElectingSink)) {
      builder.indexStore(store);
    }
    settings.accept(builder);
    EtcdMirror mirror = builder.build();
    mirrors.add(mirror);
    return mirror;
  }

  EtcdMirror started() {
    return started(builder -> {});
  }

  EtcdMirror started(Consumer<EtcdMirrorBuilder> settings) {
    EtcdMirror mirror = mirror(settings);
    mirror.start();
    return mirror;
  }

  /** Started, and level with the source. */
  EtcdMirror following() throws InterruptedException {
    return following(builder -> {});
  }

  EtcdMirror following(Consumer<EtcdMirrorBuilder> settings) throws InterruptedException {
    EtcdMirror mirror = started(settings);
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    return mirror;
  }

  void level(EtcdMirror mirror) throws InterruptedException {
    assertThat(mirror.await(source.index(), PATIENCE)).as(mirror.status().toString()).isTrue();
  }

  /**
   * Waits until the reader has handed over everything that happened in the source. Only then does
   * the applier, once it is released, find all of it at once.
   */
  void handedOver(EtcdMirror mirror) {
    eventually(() -> mirror.runtime().progress().handedOver() >= source.index());
  }

  /** Approves whatever is pending. */
  static void approve(EtcdMirror mirror) {
    PendingApproval pending = mirror.status().pending();
    mirror.approve(pending == null ? "nothing" : pending.token());
  }

  static void awaitState(EtcdMirror mirror, MirrorState state) {
    eventually(() -> mirror.status().state() == state);
  }

  static void eventually(Callable<Boolean> condition) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(condition);
  }

  void assertClosed(EtcdMirror mirror, MirrorState state) {
    assertThat(mirror.status().state()).isEqualTo(state);
    assertThat(source.isClosed()).isTrue();
    assertThat(sink.isClosed()).isTrue();
    assertThat(store.isClosed()).isTrue();
    eventually(() -> mirrorThreads().isEmpty());
    assertThat(source.openStreams()).isZero();
    mirror.close();
    assertThat(mirror.status().state()).isEqualTo(state);
  }

  static Duration timeToClose(EtcdMirror mirror) {
    long began = System.nanoTime();
    mirror.close();
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Stores the checkpoint of a previous run at this index. */
  void resumable(long index) {
    store.preset(index, source.clusterId(), scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE));
  }
}
