package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.kafka.broker.KafkaProxy;
import org.etcdmirror.kafka.broker.KafkaProxy.Mode;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A commit whose answer does not come is committed or aborted before anything else is written. */
@KafkaTest
@Timeout(300)
class UnknownOutcomeTest {

  private final String topic = SharedBroker.freshName();
  private KafkaProxy proxy;
  private KafkaSink sink;

  @BeforeEach
  void open() throws Exception {
    proxy = KafkaProxy.start(SharedBroker.broker());
    sink = proxy.impatientSink(topic);
    opened(sink);
    assertThat(sink.load()).isEmpty();
    sink.apply(batch(1, "first"), at(1));
  }

  private void opened(KafkaSink made) {
    made.indexStore(topic);
    made.open(new SinkContext(topic, KeyModel.BYTES, List.of(Bytes.EMPTY)));
  }

  @AfterEach
  void close() throws IOException {
    sink.close();
    proxy.close();
  }

  private static EventBatch batch(long index, String value) {
    return EventBatch.of(
        List.of(new Put(Bytes.utf8("/k"), Bytes.utf8(value), index, null)), index, index);
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "cluster", "scope", Instant.EPOCH);
  }

  private List<String> values() {
    return TopicRecords.committed(topic).stream().map(TopicRecords::valueOf).toList();
  }

  @Test
  void aBatchWhoseCommitWasNotConfirmedIsNotWrittenTwice() throws Exception {
    EventBatch batch = batch(2, "second");
    proxy.mode(Mode.LOSE_ANSWERS_OF_COMMITS);
    assertThatThrownBy(() -> sink.apply(batch, at(2)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(OutcomeUnknownException.class);
    assertThat(proxy.lost()).as("answers that were lost").isPositive();
    proxy.mode(Mode.PASS);
    sink.apply(batch, at(2));
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void aPartOfACopyWhoseCommitWasNotConfirmedIsNotWrittenTwice() throws Exception {
    EventBatch batch = batch(2, "second");
    proxy.mode(Mode.LOSE_ANSWERS_OF_COMMITS);
    assertThatThrownBy(() -> sink.apply(batch)).isInstanceOf(IOException.class);
    proxy.mode(Mode.PASS);
    sink.apply(batch);
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(1));
  }

  @Test
  void aBatchWhoseCommitNeverArrivedIsAbortedAndWrittenAgain() throws Exception {
    EventBatch batch = batch(2, "second");
    proxy.mode(Mode.LOSE_COMMITS);
    assertThatThrownBy(() -> sink.apply(batch, at(2))).isInstanceOf(IOException.class);
    assertThat(proxy.lost()).as("requests that were lost").isPositive();
    proxy.mode(Mode.PASS);
    sink.apply(batch, at(2));
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void anotherWriteSettlesACommitThatNeverArrived() throws Exception {
    proxy.mode(Mode.LOSE_COMMITS);
    assertThatThrownBy(() -> sink.apply(batch(2, "second"), at(2)))
        .isInstanceOf(IOException.class);
    proxy.mode(Mode.PASS);
    sink.save(at(1));
    assertThat(values()).containsExactly("first");
    sink.apply(batch(3, "third"), at(3));
    assertThat(values()).containsExactly("first", "third");
  }

  /** As a killed process leaves it: the transaction is open, and nobody ends it. */
  @Test
  void aSuccessorEndsTheOpenTransactionOfAKilledMirror() throws Exception {
    proxy.mode(Mode.LOSE_COMMITS);
    assertThatThrownBy(() -> sink.apply(batch(2, "second"), at(2)))
        .isInstanceOf(IOException.class);
    proxy.mode(Mode.PASS);
    try (KafkaSink successor = SharedBroker.sink(topic)) {
      opened(successor);
      assertThat(successor.load()).contains(at(1));
      successor.save(at(1));
      assertThat(values()).containsExactly("first");
      assertThatThrownBy(() -> sink.apply(batch(2, "second"), at(2)))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("run one mirror for link");
      successor.apply(batch(2, "other"), at(2));
      assertThat(values()).containsExactly("first", "other");
    }
  }
}
