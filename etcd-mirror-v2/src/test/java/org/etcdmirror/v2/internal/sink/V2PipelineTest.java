package org.etcdmirror.v2.internal.sink;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v2.internal.client.V2Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is not written is not passed over in silence, whatever stopped it. */
@Timeout(60)
class V2PipelineTest {

  private static final int IN_FLIGHT = 4;

  /** Nothing is connected. */
  private final V2Client client = V2Client.connect(List.of("http://127.0.0.1:1"));

  @AfterEach
  void close() {
    client.close();
  }

  private static List<MirrorEvent> events(int count) {
    return IntStream.range(0, count).mapToObj(V2PipelineTest::event).toList();
  }

  private static MirrorEvent event(int number) {
    return new Put(Bytes.utf8("/conf/" + number), Bytes.utf8("1"), number + 1L, null);
  }

  private void write(V2Pipeline.EventWriter writer) throws Exception {
    new V2Pipeline(client, writer, IN_FLIGHT).write(events(20));
  }

  @Test
  void errorOfOneWriteFailsTheBatch() {
    Error memory = new OutOfMemoryError("of a test");
    assertThatThrownBy(() ->
            write(event -> {
              if (event.equals(event(7))) {
                throw memory;
              }
            }))
        .isSameAs(memory);
  }

  @Test
  void errorIsNotHiddenBehindTransientFailure() {
    Error memory = new OutOfMemoryError("of a test");
    CountDownLatch both = new CountDownLatch(2);
    assertThatThrownBy(() ->
            write(event -> {
              both.countDown();
              both.await();
              if (event.equals(event(0))) {
                throw new IOException("away");
              }
              throw memory;
            }))
        .isSameAs(memory);
  }
}
