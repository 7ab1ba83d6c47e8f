package org.etcdmirror.core.internal.standby;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.junit.jupiter.api.Test;

class WarmBufferTest {

  private static EventBatch batch(long index, int bytes) {
    MirrorEvent put =
        new MirrorEvent.Put(Bytes.utf8("/conf/a"), Bytes.of(new byte[bytes]), index, null);
    return EventBatch.of(List.of(put), index, index);
  }

  @Test
  void bufferIsFullAtItsBoundOfEventsUntilTheLeaderHasStoredSome() {
    WarmBuffer buffer = new WarmBuffer(0, 2, 1 << 20);
    buffer.add(batch(1, 1));
    assertThat(buffer.isFull()).isFalse();
    buffer.add(batch(2, 1));
    assertThat(buffer.isFull()).isTrue();
    buffer.stored(1);
    assertThat(buffer.isFull()).isFalse();
    assertThat(buffer.covers(0)).isFalse();
    assertThat(buffer.covers(1)).isTrue();
  }

  @Test
  void bufferIsFullAtItsBoundOfBytes() {
    WarmBuffer buffer = new WarmBuffer(0, 100, 1000);
    buffer.add(batch(1, 900));
    assertThat(buffer.isFull()).isFalse();
    buffer.add(batch(2, 900));
    assertThat(buffer.isFull()).isTrue();
    buffer.stored(2);
    assertThat(buffer.isFull()).isFalse();
  }

  @Test
  void batchesWithoutEventsAreOne() {
    WarmBuffer buffer = new WarmBuffer(0, 2, 1 << 20);
    buffer.add(EventBatch.of(List.of(), 1, 1));
    buffer.add(EventBatch.of(List.of(), 2, 2));
    assertThat(buffer.isFull()).isFalse();
    buffer.add(batch(3, 1));
    assertThat(buffer.isFull()).isTrue();
    assertThat(requireNonNull(buffer.next()).index()).isEqualTo(2);
  }
}
