package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MirrorFailureTest extends MirrorFixture {

  /** The faults of the part that this call belongs to. */
  private Faults faultsOf(String call) {
    return switch (call.split(" ", 2)[0]) {
      case "source" -> source.faults;
      case "sink" -> sink.faults;
      default -> store.faults;
    };
  }

  private static String name(String call) {
    return call.split(" ", 2)[1];
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "source head",
        "source open now",
        "source poll",
        "source snapshot",
        "source next",
        "sink apply",
        "sink snapshot",
        "store load",
        "store save"
      })
  void transientFailureIsRetriedUntilItEnds(String call) throws Exception {
    source.put("/conf/a", "1");
    IOException failure = new IOException("fault at " + call);
    faultsOf(call).failNext(name(call), failure, failure, failure);
    EtcdMirror mirror = following();
    source.put("/conf/b", "2");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.status().lastError()).endsWith(": fault at " + call);
    assertThat(mirror.status().lastErrorAt()).isNotNull();
    assertThat(mirror.status().counters().retries()).isEqualTo(3);
    assertThat(told.retries).hasSize(3).allSatisfy(told -> assertThat(told).hasCause(failure));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"source poll", "sink apply", "store save"})
  void statusShowsRetryingDuringFailure(String call) throws Exception {
    EtcdMirror mirror = following();
    faultsOf(call).failAlways(name(call), () -> new IOException("down"));
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.status().lastError()).endsWith(": down");
    assertThat(mirror.status().caughtUp()).isFalse();
    faultsOf(call).heal(name(call));
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  static Stream<Throwable> endings() {
    return Stream.of(
        new PermanentException("never"),
        new FencedException("another writer"),
        new IllegalStateException("a bug"),
        new OutOfMemoryError("a test's"),
        new StackOverflowError("a test's"),
        new TimeoutException("an undeclared checked exception"));
  }

  static Stream<Arguments> permanents() {
    return Stream.of(
            "source head",
            "source open now",
            "source poll",
            "source snapshot",
            "source next",
            "sink apply",
            "sink snapshot",
            "store load",
            "store save")
        .flatMap(call -> endings().map(failure -> Arguments.of(call, failure)));
  }

  @ParameterizedTest
  @MethodSource("permanents")
  void aPermanentFailureStopsTheMirrorWithItsCause(String call, Throwable failure) {
    source.put("/conf/a", "1");
    faultsOf(call).failNext(name(call), failure);
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run)
        .isInstanceOf(MirrorFailedException.class)
        .rootCause()
        .isSameAs(failure);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(mirror.status().lastError()).isNotBlank();
    eventually(() -> mirrorThreads().isEmpty());
    assertThat(told.states).endsWith(MirrorState.FAILED);
  }

  @Test
  void eventsReadBeforePermanentFailureAreStillApplied() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/a", "1");
    gate.awaitReached();
    long last = source.put("/conf/b", "2");
    eventually(() -> mirror.status().sourceIndex() == last);
    source.faults.failAlways("poll", () -> new PermanentException("never"));
    source.foreignWrites(1);
    eventually(() -> source.openStreams() == 0);
    gate.release();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/b", "2"));
    assertThat(store.index()).isGreaterThanOrEqualTo(last);
  }

  @Test
  void strayInterruptOfReaderFailsMirror() throws Exception {
    source.faults.failNext("poll", new InterruptedException("a stray one"));
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FAILED);
    assertThatThrownBy(() -> throwFailure(mirror)).isInstanceOf(IllegalStateException.class);
    assertThat(mirror.status().lastError()).contains("interrupt");
  }

  private static void throwFailure(EtcdMirror mirror) {
    mirror.start();
  }

  @Test
  void strayInterruptOfApplierFailsMirror() throws Exception {
    source.put("/conf/a", "1");
    sink.faults.failNext("apply", new InterruptedException("a stray one"));
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("interrupt");
  }

  @Test
  void backoffGrowsIfSourceFailsRightAfterConnecting() throws Exception {
    resumable(source.index());
    source.faults.failAlways("poll", () -> new IOException("connected, but"));
    started();
    assertPausesGrow();
  }

  @Test
  void backoffGrowsIfSourceFailsAfterEmptyPolls() throws Exception {
    resumable(source.index());
    source.answerAtOnce();
    AtomicInteger polls = new AtomicInteger();
    source.faults.failAlways(
        "poll", () -> polls.incrementAndGet() % 2 == 0 ? new IOException("and again") : null);
    started();
    assertPausesGrow();
  }

  @Test
  void backoffGrowsIfHistoryIsAlwaysCleared() throws Exception {
    source.faults.failAlways("poll", () -> new HistoryClearedException(1, 2, 3));
    started();
    assertPausesGrow();
  }

  @Test
  void backoffGrowsIfResyncAlwaysFails() throws Exception {
    source.put("/conf/a", "1");
    sink.faults.failAlways("apply", () -> new IOException("down"));
    started();
    assertPausesGrow();
  }

  /** The pauses grow from 1 ms to 20 ms, each with a jitter of one half. */
  private void assertPausesGrow() {
    // A stream that lasted a while resets the pauses, also when this process was stalled.
    eventually(this::theLastPausesAreLong);
  }

  private boolean theLastPausesAreLong() {
    // A copy: the part of a list that still grows can't be read.
    List<Duration> pauses = List.copyOf(told.pauses);
    return pauses.size() >= 12
        && pauses.subList(pauses.size() - 5, pauses.size()).stream()
            .allMatch(pause -> pause.toMillis() >= 5);
  }

  @Test
  void dataIsNotWrittenAgainWhileOnlySaveFails() throws Exception {
    EtcdMirror mirror = following();
    int before = sink.faults.calls("apply");
    store.faults.failNext("save", new IOException("1"), new IOException("2"));
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> store.index() == source.index());
    assertThat(sink.faults.calls("apply")).isEqualTo(before + 1);
  }

  @Test
  void eventsAreAppliedAgainAfterCrashBetweenDataAndIndex() throws Exception {
    EtcdMirror first = following();
    long stored = store.index();
    store.faults.failAlways("save", () -> new IOException("disk full"));
    source.put("/conf/a", "1");
    eventually(() -> sink.values().equals(source.values()));
    source.put("/conf/b", "2");
    source.delete("/conf/a");
    first.close();
    assertThat(store.index()).isEqualTo(stored);
    store.faults.heal("save");
    sink.forgetBatches();
    following();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/b", "2"));
    assertThat(sink.events().get(0).index()).isLessThanOrEqualTo(stored + 3);
    assertThat(told.gaps).isEmpty();
  }
}
