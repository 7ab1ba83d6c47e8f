package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Contract of each {@link AtomicSink}, besides {@link EventSinkContract} and {@link
 * IndexStoreContract}. That a write whose answer was lost never wins later cannot be tested without
 * knowing how the sink's requests travel; such tests are the sink's own.
 */
@Timeout(600)
public abstract class AtomicSinkContract {

  private final Bytes prefix = Bytes.utf8(ContractKeys.freshPrefix() + "/");
  private final List<AtomicSink> opened = new ArrayList<>();

  /** For subclasses. */
  protected AtomicSinkContract() {}

  /**
   * Makes a sink, on its own, as another process would, and names its link by {@link
   * AtomicSink#indexStore}; the contract {@linkplain AtomicSink#open opens} it. All sinks of a test
   * have the same target and the same link; each test begins with a link that is not stored, and
   * has keys of its own.
   */
  protected abstract AtomicSink openSink() throws Exception;

  private AtomicSink open() throws Exception {
    AtomicSink sink = openSink();
    opened.add(sink);
    sink.open(new SinkContext("contract", sink.keyModel(), List.of(prefix)));
    return sink;
  }

  @AfterEach
  void closeSinks() {
    opened.forEach(AtomicSink::close);
  }

  private static Checkpoint at(long index) {
    return new Checkpoint(index, "cdf818194e3a8c32", "scope-1", Instant.EPOCH);
  }

  private EventBatch value(String value) {
    Bytes key = prefix.plus(Bytes.utf8("k"));
    return EventBatch.of(List.of(new MirrorEvent.Put(key, Bytes.utf8(value), 1, null)), 1, 1);
  }

  private Map<String, String> values() throws Exception {
    Map<String, String> values = new HashMap<>();
    try (Snapshot snapshot = open().snapshot(Selection.of(prefix))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        if (entry instanceof MirrorEvent.Put put) {
          values.put(put.key().from(prefix.size()).textOrHex(), put.value().textOrHex());
        }
      }
    }
    return values;
  }

  private AtomicSink openAt(long index) throws Exception {
    AtomicSink sink = open();
    assertThat(sink.load()).isEmpty();
    sink.save(at(index));
    return sink;
  }

  private void isFenced(AtomicSink sink) {
    assertThatThrownBy(() -> sink.apply(value("stale"))).isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> sink.apply(value("stale"), at(99)))
        .isInstanceOf(FencedException.class);
    assertThatThrownBy(() -> sink.save(at(99))).isInstanceOf(FencedException.class);
  }

  @Test
  void aBatchAndItsCheckpointAreStoredTogether() throws Exception {
    AtomicSink sink = openAt(1);
    sink.apply(value("1"), at(2));
    assertThat(values()).isEqualTo(Map.of("k", "1"));
    assertThat(open().load()).contains(at(2));
  }

  @Test
  void aBatchAloneLeavesTheCheckpointAsItIs() throws Exception {
    AtomicSink sink = openAt(1);
    sink.apply(value("1"));
    assertThat(open().load()).contains(at(1));
    AtomicSink successor = open();
    successor.apply(value("2"));
    assertThat(open().load()).contains(at(1));
    assertThat(values()).isEqualTo(Map.of("k", "2"));
  }

  @Test
  void aBatchBeforeTheFirstCheckpointMakesNone() throws Exception {
    AtomicSink sink = open();
    assertThat(sink.load()).isEmpty();
    sink.apply(value("1"));
    assertThat(open().load()).isEmpty();
    assertThat(sink.load()).isEmpty();
    sink.save(at(1));
    assertThat(open().load()).contains(at(1));
  }

  @Test
  void theFirstWriteOfASuccessorStopsTheOneBefore() throws Exception {
    AtomicSink first = openAt(1);
    first.apply(value("first"));
    AtomicSink second = open();
    assertThat(second.load()).contains(at(1));
    second.apply(value("second"));
    isFenced(first);
    second.apply(value("third"), at(3));
    assertThat(values()).isEqualTo(Map.of("k", "third"));
    assertThat(open().load()).contains(at(3));
  }

  @Test
  void theFirstWriteOfASuccessorStopsTheOneBeforeInAFirstCopyToo() throws Exception {
    AtomicSink first = open();
    AtomicSink second = open();
    assertThat(first.load()).isEmpty();
    first.apply(value("first"));
    assertThat(second.load()).isEmpty();
    second.apply(value("second"));
    isFenced(first);
    assertThat(values()).isEqualTo(Map.of("k", "second"));
  }

  @Test
  void whatWasLoadedBeforeAnotherWroteIsStale() throws Exception {
    AtomicSink first = open();
    assertThat(first.load()).isEmpty();
    AtomicSink second = openAt(1);
    second.apply(value("second"));
    isFenced(first);
    assertThat(values()).isEqualTo(Map.of("k", "second"));
  }

  @Test
  void savingTheSameCheckpointMovesTheFence() throws Exception {
    AtomicSink first = openAt(1);
    AtomicSink second = open();
    assertThat(second.load()).contains(at(1));
    first.save(at(1));
    isFenced(second);
  }

  @Test
  void savingWhatWasLoadedStopsTheOneBefore() throws Exception {
    AtomicSink first = openAt(1);
    AtomicSink second = open();
    assertThat(second.load()).contains(at(1));
    second.save(at(1));
    isFenced(first);
    second.apply(value("second"), at(2));
    AtomicSink third = open();
    assertThat(third.load()).contains(at(2));
    third.save(at(2));
    isFenced(second);
  }

  @Test
  void aCheckpointThatMovedAfterTheLoadIsRefusedAndCanBeLoadedAgain() throws Exception {
    AtomicSink first = openAt(1);
    AtomicSink second = open();
    assertThat(second.load()).contains(at(1));
    first.save(at(2));
    assertThatThrownBy(() -> second.save(at(1))).isInstanceOf(FencedException.class);
    assertThat(second.load()).contains(at(2));
    second.save(at(2));
    isFenced(first);
  }
}
