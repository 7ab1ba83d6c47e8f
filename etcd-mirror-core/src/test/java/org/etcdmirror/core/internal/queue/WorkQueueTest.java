package org.etcdmirror.core.internal.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.MirrorFixture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(MirrorFixture.LIMIT_SECONDS)
class WorkQueueTest {

  private static final Duration SOON = MirrorFixture.PATIENCE;

  private static Work.Events batch(int events, int valueBytes, long index) {
    List<MirrorEvent> list = new ArrayList<>();
    for (int i = 0; i < events; i++) {
      Bytes value = Bytes.of(new byte[valueBytes]);
      list.add(new MirrorEvent.Put(Bytes.utf8("/" + i), value, index, null));
    }
    return new Work.Events("c", EventBatch.of(list, index, index));
  }

  /** A thread that puts; done once it has put everything. */
  private static CompletableFuture<Void> putting(WorkQueue queue, Work... works) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread thread =
        new Thread(() -> {
          begun.countDown();
          try {
            for (Work work : works) {
              queue.put(work);
            }
            done.complete(null);
          } catch (InterruptedException e) {
            done.completeExceptionally(e);
          }
        });
    thread.setDaemon(true);
    thread.start();
    try {
      begun.await();
      // Either it gets through or it waits inside of put.
      while (!done.isDone() && thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return done;
  }

  private static void finish(CompletableFuture<Void> done) throws Exception {
    done.get(60, TimeUnit.SECONDS);
  }

  @Test
  void queueKeepsOrder() throws Exception {
    WorkQueue queue = new WorkQueue(100, 1 << 20);
    Gap gap = new Gap(Gap.Reason.FORCED, 0, 0, 0);
    List<Work> works =
        List.of(
            batch(1, 1, 1), new Work.Resync(gap, "c", 1, 1, false), batch(2, 1, 2), batch(0, 0, 3));
    finish(putting(queue, works.toArray(Work[]::new)));
    for (Work work : works) {
      assertThat(queue.poll(SOON)).isSameAs(work);
    }
    assertThat(queue.poll(Duration.ZERO)).isNull();
  }

  @Test
  void putWaitsAtEventBound() throws Exception {
    WorkQueue queue = new WorkQueue(10, 1 << 20);
    finish(putting(queue, batch(6, 1, 1), batch(4, 1, 2)));
    CompletableFuture<Void> waiting = putting(queue, batch(1, 1, 3));
    assertThat(waiting).isNotDone();
    assertThat(queue.poll(SOON)).isNotNull();
    finish(waiting);
  }

  @Test
  void putWaitsAtByteBound() throws Exception {
    WorkQueue queue = new WorkQueue(1000, 10_000);
    finish(putting(queue, batch(1, 5_000, 1)));
    CompletableFuture<Void> waiting = putting(queue, batch(1, 5_000, 2));
    assertThat(waiting).isNotDone();
    assertThat(queue.poll(SOON)).isNotNull();
    finish(waiting);
  }

  @Test
  void emptyBatchesAreBounded() throws Exception {
    WorkQueue queue = new WorkQueue(3, 1 << 20);
    finish(putting(queue, batch(0, 0, 1), batch(0, 0, 2), batch(0, 0, 3)));
    assertThat(putting(queue, batch(0, 0, 4))).isNotDone();
  }

  @Test
  void anOversizeBatchPassesAlone() throws Exception {
    WorkQueue queue = new WorkQueue(10, 100);
    finish(putting(queue, batch(50, 1_000, 1)));
    CompletableFuture<Void> waiting = putting(queue, batch(50, 1_000, 2));
    assertThat(waiting).isNotDone();
    assertThat(queue.poll(SOON)).isNotNull();
    finish(waiting);
    assertThat(queue.poll(SOON)).isNotNull();
  }

  @Test
  void workWithoutEventsNeverWaits() throws Exception {
    WorkQueue queue = new WorkQueue(1, 1);
    Gap gap = new Gap(Gap.Reason.FORCED, 0, 0, 0);
    finish(putting(queue, batch(9, 9, 1), new Work.Resync(gap, "c", 1, 1, false)));
  }

  @Test
  void pollWakesWhenWorkArrives() throws Exception {
    WorkQueue queue = new WorkQueue(10, 1000);
    CompletableFuture<Work> polled =
        CompletableFuture.supplyAsync(() -> {
          try {
            return queue.poll(SOON);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    Work.Events one = batch(1, 1, 1);
    queue.put(one);
    assertThat(polled.get(60, TimeUnit.SECONDS)).isSameAs(one);
  }

  @Test
  void pollEventsTakesOnlyBatchesOfSameCluster() throws Exception {
    WorkQueue queue = new WorkQueue(10, 10_000);
    Work.Events one = batch(1, 1, 1);
    queue.put(one);
    queue.put(new Work.Resync(new Gap(Gap.Reason.FORCED, 0, 0, 0), "c", 1, 1, false));
    assertThat(queue.pollEvents("other", 10, 10_000)).isNull();
    assertThat(queue.pollEvents("c", 10, 10_000)).isSameAs(one);
    assertThat(queue.pollEvents("c", 10, 10_000)).isNull();
  }

  @Test
  void pollEventsTakesOnlyBatchThatFits() throws Exception {
    WorkQueue queue = new WorkQueue(10, 10_000);
    Work.Events two = batch(2, 10, 1);
    queue.put(two);
    long bytes = two.batch().bytes();
    assertThat(queue.pollEvents("c", 1, bytes)).isNull();
    assertThat(queue.pollEvents("c", 2, bytes - 1)).isNull();
    assertThat(queue.pollEvents("c", 2, bytes)).isSameAs(two);
  }

  @Test
  void closeReleasesWaitingPut() throws Exception {
    WorkQueue queue = new WorkQueue(1, 1000);
    queue.put(batch(1, 1, 1));
    CompletableFuture<Void> waiting = putting(queue, batch(1, 1, 2), batch(1, 1, 3));
    assertThat(waiting).isNotDone();
    queue.close();
    finish(waiting);
    assertThat(queue.poll(SOON)).isNull();
  }

  @Test
  void failureIsDeliveredAfterQueuedWork() throws Exception {
    WorkQueue queue = new WorkQueue(10, 1000);
    Work.Events one = batch(1, 1, 1);
    queue.put(one);
    Error cause = new OutOfMemoryError("a test's");
    queue.fail(cause);
    assertThat(queue.poll(SOON)).isSameAs(one);
    assertThat(queue.poll(SOON)).isEqualTo(new Work.Failure(cause));
  }

  @Test
  void wakingEndsOneWaitWithoutWork() throws Exception {
    WorkQueue queue = new WorkQueue(10, 1000);
    queue.wake();
    assertThat(queue.await(SOON)).isFalse();
    Work.Events one = batch(1, 1, 1);
    queue.put(one);
    assertThat(queue.await(SOON)).isTrue();
    assertThat(queue.poll(SOON)).isSameAs(one);
  }

  @Test
  void interruptEndsWaitingPut() throws Exception {
    WorkQueue queue = new WorkQueue(1, 1000);
    queue.put(batch(1, 1, 1));
    CompletableFuture<Void> ended = new CompletableFuture<>();
    Thread waiter =
        new Thread(() -> {
          try {
            queue.put(batch(1, 1, 2));
            ended.complete(null);
          } catch (InterruptedException e) {
            ended.completeExceptionally(e);
          }
        });
    waiter.start();
    waiter.interrupt();
    try {
      finish(ended);
    } catch (ExecutionException e) {
      assertThat(e).hasCauseInstanceOf(InterruptedException.class);
      return;
    }
    throw new AssertionError("the put went through");
  }
}
