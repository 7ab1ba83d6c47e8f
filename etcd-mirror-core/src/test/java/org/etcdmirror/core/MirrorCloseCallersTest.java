package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

/** Closing a mirror from a listener, from several threads and during a start. */
class MirrorCloseCallersTest extends MirrorFixture {

  @Test
  void aListenerMayCloseTheMirror() {
    CompletableFuture<EtcdMirror> self = new CompletableFuture<>();
    source.faults.failNext("head", new PermanentException("never"));
    EtcdMirror mirror =
        mirror(b ->
            b.closeTimeout(Duration.ofSeconds(60))
                .listener(
                    new MirrorListener() {
                      @Override
                      public void onState(MirrorState before, MirrorState after) {
                        if (after == MirrorState.FAILED) {
                          self.join().close();
                        }
                      }
                    }));
    self.complete(mirror);
    mirror.start();
    eventually(() -> source.isClosed() && store.isClosed());
    assertClosed(mirror, MirrorState.FAILED);
  }

  @Test
  void hangingListenerDoesNotBlockClose() throws Exception {
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    CountDownLatch hangs = new CountDownLatch(1);
    EtcdMirror mirror =
        started(b ->
            b.closeTimeout(Duration.ofMillis(50))
                .listener(
                    new MirrorListener() {
                      @Override
                      public void onState(MirrorState before, MirrorState after) {
                        if (after == MirrorState.RESYNCING || after == MirrorState.FOLLOWING) {
                          hangs.countDown();
                          goOn.join();
                        }
                      }
                    }));
    hangs.await();
    assertThat(mirror.status().link()).isEqualTo("test");
    assertThat(timeToClose(mirror)).isLessThan(Duration.ofSeconds(30));
    goOn.complete(null);
  }

  @Test
  void concurrentClosesBothReturn() throws Exception {
    EtcdMirror mirror = following();
    CompletableFuture<Void> one = CompletableFuture.runAsync(mirror::close);
    CompletableFuture<Void> other = CompletableFuture.runAsync(mirror::close);
    CompletableFuture.allOf(one, other).get(60, TimeUnit.SECONDS);
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void secondCloseReturnsAfterMirrorEnded() throws Exception {
    EtcdMirror mirror = following(b -> b.closeTimeout(Duration.ofSeconds(60)));
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/a", "1");
    gate.awaitReached();
    CompletableFuture<Void> first = CompletableFuture.runAsync(mirror::close);
    eventually(() -> mirror.status().state() == MirrorState.STOPPING);
    CompletableFuture<Boolean> second = new CompletableFuture<>();
    Thread other =
        new Thread(() -> {
          mirror.close();
          second.complete(sink.isClosed() && mirror.status().state() == MirrorState.STOPPED);
        });
    other.start();
    eventually(() -> other.getState() == Thread.State.TIMED_WAITING || !other.isAlive());
    gate.release();
    assertThat(second.get(60, TimeUnit.SECONDS)).isTrue();
    first.get(60, TimeUnit.SECONDS);
  }

  @Test
  void closeWaitsForCloseThatListenerBegan() throws Exception {
    CompletableFuture<EtcdMirror> self = new CompletableFuture<>();
    CountDownLatch closing = new CountDownLatch(1);
    CompletableFuture<Void> goOn = new CompletableFuture<>();
    EtcdMirror mirror =
        mirror(b ->
            b.listener(
                new MirrorListener() {
                  @Override
                  public void onBatch(EventBatch batch) {
                    self.join().close();
                    closing.countDown();
                    goOn.join();
                  }
                }));
    self.complete(mirror);
    source.put("/conf/a", "1");
    mirror.start();
    awaitState(mirror, MirrorState.FOLLOWING);
    source.put("/conf/b", "1");
    closing.await();
    CompletableFuture<Boolean> second =
        CompletableFuture.supplyAsync(() -> {
          mirror.close();
          return sink.isClosed();
        });
    goOn.complete(null);
    assertThat(second.get(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closeDuringStartEndsMirror() {
    for (int i = 0; i < 50; i++) {
      EtcdMirror mirror = mirror();
      CompletableFuture<Void> closed = CompletableFuture.runAsync(mirror::close);
      try {
        mirror.start();
      } catch (IllegalStateException closedFirst) {
        assertThat(closedFirst).hasMessageContaining("starts only once");
      }
      closed.join();
      eventually(() -> mirror.status().state() == MirrorState.STOPPED);
    }
    eventually(() -> mirrorThreads().isEmpty());
  }

  @Test
  void anInterruptEndsRun() throws Exception {
    EtcdMirror mirror = mirror();
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread runner =
        new Thread(() -> {
          mirror.run();
          interrupted.complete(Thread.currentThread().isInterrupted());
        });
    runner.start();
    awaitState(mirror, MirrorState.FOLLOWING);
    runner.interrupt();
    assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
    assertClosed(mirror, MirrorState.STOPPED);
  }

  @Test
  void runReturnsWhenMirrorIsClosed() throws Exception {
    EtcdMirror mirror = mirror();
    CompletableFuture<Void> run = CompletableFuture.runAsync(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
    mirror.close();
    run.get(60, TimeUnit.SECONDS);
  }

  @Test
  void closeCancelsSyncOnce() throws Exception {
    source.put("/conf/a", "1");
    Faults.Gate gate = sink.faults.block("apply");
    EtcdMirror mirror = mirror(b -> b.closeTimeout(Duration.ofMillis(50)));
    CompletableFuture<ResyncReport> sync =
        CompletableFuture.supplyAsync(() -> {
          try {
            return mirror.syncOnce();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    gate.awaitReached();
    mirror.close();
    assertThatThrownBy(() -> sync.get(60, TimeUnit.SECONDS))
        .satisfiesAnyOf(
            e -> assertThat(e).isInstanceOf(CancellationException.class),
            e ->
                assertThat(e)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(CancellationException.class));
    assertThat(sink.isClosed()).isTrue();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
  }
}
