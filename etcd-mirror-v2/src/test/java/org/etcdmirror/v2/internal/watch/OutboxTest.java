package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.v2.Mirroring;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private static final Duration NOW = Duration.ZERO;

  private final Outbox outbox = new Outbox(new Credit(1 << 20));

  @Test
  void timeoutRepeatsIndex() throws Exception {
    outbox.begin(7);
    EventBatch batch = outbox.poll(NOW);
    assertThat(batch.events()).isEmpty();
    assertThat(batch.index()).isEqualTo(7);
  }

  @Test
  void progressWithoutEventsIsDelivered() throws Exception {
    outbox.begin(7);
    outbox.headSeen(12);
    outbox.advance(10);
    EventBatch batch = outbox.poll(NOW);
    assertThat(batch.index()).isEqualTo(10);
    assertThat(batch.headIndex()).isEqualTo(12);
  }

  @Test
  void batchIsCompleteThroughItsIndexEvenWhenMoreIsWaiting() throws Exception {
    for (int i = 1; i <= 2_000; i++) {
      outbox.add(Mirroring.put("/a", "v", i), 0);
    }
    outbox.add(Mirroring.put("/b", "same index", 2_000), 0);
    outbox.add(Mirroring.put("/c", "next", 2_001), 0);
    outbox.advance(3_000);
    EventBatch first = outbox.poll(NOW);
    assertThat(first.events()).hasSize(2_001);
    assertThat(first.index()).isEqualTo(2_000);
    EventBatch second = outbox.poll(NOW);
    assertThat(second.events()).extracting(MirrorEvent::index).containsExactly(2_001L);
    assertThat(second.index()).isEqualTo(3_000);
  }

  @Test
  void eventsBeforeEndAreDeliveredBeforeError() throws Exception {
    outbox.add(Mirroring.put("/a", "v", 1), 0);
    outbox.end(new IOException("cut"));
    assertThat(outbox.poll(NOW).events()).hasSize(1);
    assertThatThrownBy(() -> outbox.poll(NOW)).isInstanceOf(IOException.class).hasMessage("cut");
  }

  @Test
  void firstEndDeterminesThrownException() {
    outbox.end(new HistoryClearedException(1, 2, 3));
    outbox.end(new IOException("closed"));
    assertThatThrownBy(() -> outbox.poll(NOW)).isInstanceOf(HistoryClearedException.class);
  }

  @Test
  void historyClearedIsNotHiddenByEarlierEnd() {
    outbox.end(new IOException("closed"));
    outbox.end(new HistoryClearedException(1, 2, 3));
    assertThatThrownBy(() -> outbox.poll(NOW)).isInstanceOf(HistoryClearedException.class);
  }
}
