package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Base of the contracts of one link that several mirrors write: opens and reads its sinks. */
abstract class LinkFixture {

  final String link = ContractKeys.freshPrefix().substring(1);
  private final String prefix = "/" + link;
  private final List<LinkWriter> opened = new ArrayList<>();

  /**
   * Makes a sink, as another process would. All sinks of a test have the same target, which keeps
   * the checkpoint of the link with the data ({@link ReadableSink#indexStore}). The contract names
   * the link and {@linkplain ReadableSink#open opens} the sink. Each test has a link and keys of
   * its own, so that a server may be shared.
   */
  protected abstract ReadableSink openSink() throws Exception;

  /** What the sink promises. */
  protected abstract Fencing fencing();

  @AfterEach
  void closeSinks() {
    opened.forEach(LinkWriter::close);
  }

  @Test
  void promisesWhatAnAtomicSinkMustPromise() throws Exception {
    assertThat(fencing())
        .isEqualTo(
            open().sink() instanceof AtomicSink ? Fencing.EACH_WRITE : Fencing.CHECKPOINT_ONLY);
  }

  LinkWriter open() throws Exception {
    return open(openSink());
  }

  final LinkWriter open(ReadableSink sink) {
    LinkWriter writer = LinkWriter.open(sink, link, Bytes.utf8(prefix));
    opened.add(writer);
    return writer;
  }

  /** The first mirror of the link, after its first batch. */
  LinkWriter openAt(long index) throws Exception {
    LinkWriter writer = open();
    assertThat(writer.store().load()).isEmpty();
    writer.commit(batch(put("/first", "1")), at(index));
    return writer;
  }

  /** A mirror that continues from where the link is. */
  LinkWriter successorAt(long index) throws Exception {
    LinkWriter writer = open();
    assertThat(writer.store().load()).contains(at(index));
    return writer;
  }

  static Checkpoint at(long index) {
    return new Checkpoint(index, "cdf818194e3a8c32", "scope-1", Instant.EPOCH);
  }

  Bytes key(String below) {
    return Bytes.utf8(prefix + below);
  }

  MirrorEvent put(String below, String value) {
    return new MirrorEvent.Put(key(below), Bytes.utf8(value), 1, null);
  }

  MirrorEvent delete(String below) {
    return new MirrorEvent.Delete(key(below), 1);
  }

  MirrorEvent deleteTree(String below) {
    return new MirrorEvent.DeleteTree(key(below), 1);
  }

  static EventBatch batch(MirrorEvent... events) {
    return batch(List.of(events));
  }

  static EventBatch batch(List<MirrorEvent> events) {
    return EventBatch.of(events, 1, 1);
  }

  /** What another process reads, by the whole name of each key. */
  Map<Bytes, Bytes> values() throws Exception {
    Map<Bytes, Bytes> values = new TreeMap<>();
    try (Snapshot snapshot = open().sink().snapshot(Selection.of(Bytes.utf8(prefix)))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        if (entry instanceof MirrorEvent.Put put) {
          values.put(put.key(), put.value());
        }
      }
    }
    return values;
  }

  String value(String below) throws Exception {
    return String.valueOf(values().get(key(below)));
  }

  Optional<Checkpoint> stored() throws Exception {
    return open().store().load();
  }
}
