package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readers of the history share bounded memory, and none waits for another without end. */
@Timeout(60)
class HistoryRoomTest {

  private static final int LIMIT = 100;

  private final HistoryRoom room = new HistoryRoom(LIMIT, 3);

  private static CompletableFuture<Void> holding(HistoryRoom.Share share, long bytes) {
    return CompletableFuture.runAsync(() -> {
      try {
        share.hold(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  @Test
  void readerInTurnMayHoldOneEventOfAnySize() throws Exception {
    HistoryRoom.Share second = room.new Share(1);
    second.hold(LIMIT);
    HistoryRoom.Share first = room.new Share(0);
    first.hold(10 * LIMIT);
    long held = first.handOver();
    CompletableFuture<Void> next = holding(first, 1);
    await().until(room::wasFull);
    assertThat(next).isNotDone();
    room.taken(0, held);
    next.get();
  }

  @Test
  void otherReadersWaitForTheirTurn() throws Exception {
    HistoryRoom.Share first = room.new Share(0);
    first.hold(LIMIT);
    CompletableFuture<Void> second = holding(room.new Share(1), 10);
    await().during(Duration.ofMillis(50)).until(() -> !second.isDone());
    room.turnOf(1);
    second.get();
  }

  @Test
  void droppedShareFreesItsRoom() throws Exception {
    HistoryRoom.Share first = room.new Share(0);
    first.hold(LIMIT);
    CompletableFuture<Void> second = holding(room.new Share(1), LIMIT);
    await().until(room::wasFull);
    assertThat(second).isNotDone();
    first.drop();
    second.get();
  }
}
