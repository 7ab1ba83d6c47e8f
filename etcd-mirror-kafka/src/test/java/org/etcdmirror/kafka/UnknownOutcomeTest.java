package org.etcdmirror.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.kafka.Link.at;
import static org.etcdmirror.kafka.Link.batch;
import static org.etcdmirror.kafka.Link.put;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.OutcomeUnknownException;
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
  private final Link link = new Link(topic);
  private KafkaProxy proxy;
  private KafkaSink sink;

  @BeforeEach
  void open() throws Exception {
    try (KafkaSink first = link.open()) {
      first.apply(batch(put("/k", "first", 1)), at(1));
    }
    proxy = KafkaProxy.start(SharedBroker.broker());
    sink = link.open(any -> proxy.sink(topic).setting("max.block.ms", "5000"));
    assertThat(sink.load()).contains(at(1));
  }

  @AfterEach
  void close() throws IOException {
    try {
      proxy.close();
    } finally {
      sink.close();
    }
  }

  /** A write. */
  @FunctionalInterface
  private interface Write {
    void run() throws Exception;
  }

  /** As the engine does it; on a slow machine the client may give up before the broker answers. */
  private static void repeat(Write write) throws Exception {
    while (true) {
      try {
        write.run();
        return;
      } catch (OutcomeUnknownException e) {
        throw e;
      } catch (IOException e) {
        // It is settled by the next one.
      }
    }
  }

  /** Writes until the end of a transaction was lost. */
  private void lose(Mode mode, Write write) {
    proxy.mode(mode);
    while (proxy.lost() == 0) {
      assertThatThrownBy(write::run)
          .isInstanceOf(IOException.class)
          .isNotInstanceOf(OutcomeUnknownException.class);
    }
    proxy.mode(Mode.PASS);
  }

  private List<String> values() {
    return TopicRecords.committed(topic).stream().map(TopicRecords::valueOf).toList();
  }

  @Test
  void aBatchWhoseCommitWasNotConfirmedIsNotWrittenTwice() throws Exception {
    EventBatch batch = batch(put("/k", "second", 2));
    lose(Mode.LOSE_ANSWERS_OF_COMMITS, () -> sink.apply(batch, at(2)));
    repeat(() -> sink.apply(batch, at(2)));
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void aPartOfACopyWhoseCommitWasNotConfirmedIsNotWrittenTwice() throws Exception {
    EventBatch batch = batch(put("/k", "second", 2));
    lose(Mode.LOSE_ANSWERS_OF_COMMITS, () -> sink.apply(batch));
    repeat(() -> sink.apply(batch));
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(1));
  }

  @Test
  void aBatchWhoseCommitNeverArrivedIsAbortedAndWrittenAgain() throws Exception {
    EventBatch batch = batch(put("/k", "second", 2));
    lose(Mode.LOSE_COMMITS, () -> sink.apply(batch, at(2)));
    repeat(() -> sink.apply(batch, at(2)));
    assertThat(values()).containsExactly("first", "second");
    assertThat(sink.load()).contains(at(2));
  }

  @Test
  void anotherWriteSettlesACommitThatNeverArrived() throws Exception {
    lose(Mode.LOSE_COMMITS, () -> sink.apply(batch(put("/k", "second", 2)), at(2)));
    repeat(() -> sink.save(at(1)));
    assertThat(values()).containsExactly("first");
    repeat(() -> sink.apply(batch(put("/k", "third", 3)), at(3)));
    assertThat(values()).containsExactly("first", "third");
  }

  /** As a killed process leaves it: the transaction stays open. */
  @Test
  void aSuccessorEndsTheOpenTransactionOfAKilledMirror() throws Exception {
    lose(Mode.LOSE_COMMITS, () -> sink.apply(batch(put("/k", "second", 2)), at(2)));
    try (KafkaSink successor = link.open()) {
      assertThat(successor.load()).contains(at(1));
      successor.save(at(1));
      assertThat(values()).containsExactly("first");
      assertThatThrownBy(() -> repeat(() -> sink.apply(batch(put("/k", "second", 2)), at(2))))
          .isInstanceOf(FencedException.class)
          .hasMessageContaining("run one mirror for link");
      successor.apply(batch(put("/k", "other", 2)), at(2));
      assertThat(values()).containsExactly("first", "other");
    }
  }
}
