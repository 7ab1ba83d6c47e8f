package org.etcdmirror.kafka.connect.source.delivery;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.source.SourceRecord;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.testkit.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** The way of a batch to the worker, in each order of what the worker does. */
@Timeout(60)
class DeliveriesTest {

  private static final Duration NOT_AT_ALL = Duration.ZERO;

  private final Deliveries exactlyOnce = new Deliveries(true);
  private final Deliveries atLeastOnce = new Deliveries(false);

  @AfterEach
  void end() {
    exactlyOnce.close();
    atLeastOnce.close();
  }

  private static SourceRecord record() {
    return new SourceRecord(
        Map.of("link", "a"), Map.of("index", 1L), "t", Schema.STRING_SCHEMA, "k");
  }

  /** A mirror that hands over these records. */
  private static FutureTask<Void> delivering(Deliveries deliveries, SourceRecord... records) {
    FutureTask<Void> task =
        new FutureTask<>(() -> {
          deliveries.deliver(List.of(records));
          return null;
        });
    Thread thread = new Thread(task, "mirror");
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  private static List<SourceRecord> next(Deliveries deliveries) throws InterruptedException {
    return requireNonNull(deliveries.next(Patience.PATIENCE), "a batch");
  }

  private static void awaitEnd(FutureTask<Void> task) throws Exception {
    task.get(Patience.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Test
  void aBatchIsConfirmedByItsLastRecord() throws Exception {
    SourceRecord first = record();
    SourceRecord second = record();
    FutureTask<Void> mirror = delivering(exactlyOnce, first, second);
    assertThat(next(exactlyOnce)).containsExactly(first, second);
    exactlyOnce.confirmed(second, true);
    assertThat(mirror.isDone()).isFalse();
    exactlyOnce.confirmed(first, true);
    awaitEnd(mirror);
  }

  /** Two records may be equal, and only one of them written. */
  @Test
  void anEqualRecordConfirmsNothing() throws Exception {
    SourceRecord given = record();
    FutureTask<Void> mirror = delivering(atLeastOnce, given);
    next(atLeastOnce);
    atLeastOnce.confirmed(record(), true);
    assertThat(atLeastOnce.next(NOT_AT_ALL)).isNull();
    assertThat(mirror.isDone()).isFalse();
    atLeastOnce.confirmed(given, true);
    awaitEnd(mirror);
  }

  @Test
  void aCommitWithoutConfirmationConfirmsNothing() throws Exception {
    SourceRecord given = record();
    FutureTask<Void> mirror = delivering(atLeastOnce, given);
    next(atLeastOnce);
    atLeastOnce.committed();
    assertThat(atLeastOnce.next(NOT_AT_ALL)).isNull();
    assertThat(mirror.isDone()).isFalse();
  }

  /** The worker commits a batch before it asks again, so a batch that is open then was lost. */
  @Test
  void exactlyOnceALostConfirmationEndsTheTask() throws Exception {
    FutureTask<Void> mirror = delivering(exactlyOnce, record());
    next(exactlyOnce);
    assertThatThrownBy(() -> exactlyOnce.next(NOT_AT_ALL))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("has not confirmed 1");
    assertThatThrownBy(() -> awaitEnd(mirror))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ClosedException.class);
  }

  @Test
  void atLeastOnceTheWorkerMayAskBeforeItConfirms() throws Exception {
    SourceRecord first = record();
    SourceRecord second = record();
    FutureTask<Void> one = delivering(atLeastOnce, first);
    next(atLeastOnce);
    FutureTask<Void> other = delivering(atLeastOnce, second);
    assertThat(next(atLeastOnce)).containsExactly(second);
    atLeastOnce.confirmed(second, true);
    awaitEnd(other);
    assertThat(one.isDone()).isFalse();
    atLeastOnce.confirmed(first, true);
    awaitEnd(one);
  }

  @Test
  void aDroppedRecordEndsTheTask() throws Exception {
    SourceRecord given = record();
    FutureTask<Void> mirror = delivering(atLeastOnce, given);
    next(atLeastOnce);
    atLeastOnce.confirmed(given, false);
    assertThatThrownBy(() -> atLeastOnce.next(NOT_AT_ALL))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("dropped a record for topic 't'");
    assertThatThrownBy(() -> awaitEnd(mirror)).hasCauseInstanceOf(ClosedException.class);
  }

  @Test
  void theEndOfTheTaskEndsTheWait() throws Exception {
    FutureTask<Void> mirror = delivering(exactlyOnce, record());
    next(exactlyOnce);
    exactlyOnce.close();
    assertThatThrownBy(() -> awaitEnd(mirror)).hasCauseInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> exactlyOnce.deliver(List.of(record())))
        .isInstanceOf(ClosedException.class);
  }

  /** What an interrupted mirror gave is not handed over later. */
  @Test
  void anInterruptedMirrorTakesBackWhatTheWorkerHasNot() throws Exception {
    Thread mirror =
        new Thread(() -> {
          try {
            atLeastOnce.deliver(List.of(record()));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    mirror.start();
    await().until(() -> mirror.getState() == Thread.State.TIMED_WAITING);
    mirror.interrupt();
    mirror.join(Patience.PATIENCE.toMillis());
    assertThat(atLeastOnce.next(NOT_AT_ALL)).isNull();
  }

  @Test
  void slowWorkerIsNamedInTheLogLessAndLessOften() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(Deliveries.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    logger.addAppender(lines);
    Deliveries slow = new Deliveries(true, Duration.ofMillis(20));
    try {
      FutureTask<Void> mirror = delivering(slow, record(), record());
      await().atMost(Patience.PATIENCE).until(() -> !lines.list.isEmpty());
      assertThat(lines.list.get(0).getFormattedMessage())
          .contains("has not taken 2 records for topic 't'")
          .contains("not confirmed 2 of them");
      List<SourceRecord> batch = next(slow);
      slow.confirmed(batch.get(0), true);
      await()
          .atMost(Patience.PATIENCE)
          .until(() ->
              lines.list.stream()
                  .anyMatch(line ->
                      line.getFormattedMessage().contains("has taken 2 records")
                          && line.getFormattedMessage().contains("not confirmed 1 of them")));
      slow.confirmed(batch.get(1), true);
      awaitEnd(mirror);
    } finally {
      logger.detachAppender(lines);
      slow.close();
    }
  }
}
