package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.eventually;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.live.LiveChange;
import org.etcdmirror.core.live.LiveMap;
import org.junit.jupiter.api.Test;

class LiveMapListenerTest extends LiveMapFixture {

  @Test
  void aSlowListenerDelaysNothingAndGetsOneUpdateOfAllThatCameMeanwhile() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/back", "1");
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    LiveMap<String> map =
        level(builder ->
            builder.listener(update -> {
              busy.countDown();
              awaitUninterrupted(free);
            }));
    busy.await();
    await(map, source.put("/conf/a", "2"));
    await(map, source.put("/conf/back", "2"));
    await(map, source.put("/conf/back", "1"));
    await(map, source.put("/conf/b", "1"));
    await(map, source.delete("/conf/b"));
    await(map, source.put("/conf/a", "3"));
    assertThat(map.get("/conf/a")).contains("3");
    assertThat(updates).hasSize(1);
    free.countDown();
    eventually(() -> updates.size() == 2);
    assertThat(updates.get(1).changes())
        .isEqualTo(List.of(new LiveChange<>(Bytes.utf8("/conf/a"), "1", "3")));
  }

  @Test
  void aListenerThatThrowsGetsTheNextUpdateAndDisturbsNoOther() throws Exception {
    source.put("/conf/a", "1");
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (CapturedLog log = new CapturedLog()) {
      LiveMap<String> map =
          level(builder ->
              builder
                  .listener(update -> {
                    throw new IllegalStateException("listener is broken");
                  })
                  .listener(
                      update -> update.changes().forEach(change -> seen.add(change.after()))));
      eventually(() -> seen.contains("1"));
      await(map, source.put("/conf/a", "2"));
      eventually(() -> seen.contains("2"));
      assertThat(log.warnings()).anySatisfy(line -> assertThat(line).contains("listener threw"));
    }
  }

  @Test
  void aChangeToTheSameValueIsNoUpdate() throws Exception {
    source.put("/conf/a", "1");
    LiveMap<String> map = level();
    eventually(() -> updates.size() == 1);
    await(map, source.put("/conf/a", "1"));
    await(map, source.put("/conf/b", "1"));
    eventually(() -> updates.size() == 2);
    assertThat(updates.get(1).changes())
        .isEqualTo(List.of(new LiveChange<>(Bytes.utf8("/conf/b"), null, "1")));
  }

  @Test
  void aListenerMayUseAndCloseTheMap() throws Exception {
    source.put("/conf/a", "1");
    CountDownLatch closed = new CountDownLatch(1);
    CompletableFuture<LiveMap<String>> itself = new CompletableFuture<>();
    itself.complete(
        started(builder ->
            builder.listener(update -> {
              itself.join().close();
              closed.countDown();
            })));
    closed.await();
    assertThat(itself.join().mirror().status().state()).isEqualTo(MirrorState.STOPPED);
  }

  @Test
  void noListenerIsCalledAfterTheMapIsClosed() throws Exception {
    source.put("/conf/a", "1");
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    LiveMap<String> map =
        level(builder ->
            builder.listener(update -> {
              busy.countDown();
              awaitUninterrupted(free);
            }));
    busy.await();
    await(map, source.put("/conf/a", "2"));
    Thread closer = new Thread(map::close);
    closer.start();
    eventually(() -> map.mirror().status().state() == MirrorState.STOPPED);
    free.countDown();
    closer.join();
    assertThat(updates).hasSize(1);
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
