package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Base of the contract tests of sinks: a sink with an empty prefix, and methods to read it. */
abstract class SinkFixture {

  static final String LINK = "contract";

  final String prefix = ContractKeys.freshPrefix();
  private long index;
  EventSink sink;

  /**
   * A new sink; the contract {@linkplain EventSink#open opens} it, and names its index first if it
   * is an {@link AtomicSink}. Each test has prefixes of its own, so that a server may be shared.
   *
   * @param prefixes what the sink will be opened with; there is nothing under them yet
   */
  protected abstract EventSink createSink(List<Bytes> prefixes) throws Exception;

  /**
   * The same sink again, after it was closed: it holds what was applied before. By default a new
   * one with the same prefixes. Not asked for one that is not {@linkplain EventSink#isDurable()
   * durable}.
   *
   * @param closed what was used before
   */
  protected EventSink reopenSink(EventSink closed, List<Bytes> prefixes) throws Exception {
    return createSink(prefixes);
  }

  /**
   * Reads the sink's entries, in the order of a {@link Snapshot}. Override it for a sink that is
   * not a {@link ReadableSink}.
   */
  protected List<MirrorEvent.Entry> contents(EventSink sink, Selection selection)
      throws IOException, InterruptedException {
    assertThat(sink).as("override contents() for this sink").isInstanceOf(ReadableSink.class);
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    try (Snapshot snapshot = ((ReadableSink) sink).snapshot(selection)) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @BeforeEach
  void openSink() throws Exception {
    sink = opened(createSink(prefixes()), List.of());
  }

  @AfterEach
  void closeSink() {
    sink.close();
  }

  /** Opens the sink again, as the next run of a mirror does. */
  void reopen() throws Exception {
    sink.close();
    sink = opened(reopenSink(sink, prefixes()), List.of());
  }

  List<Bytes> prefixes() {
    return List.of(Bytes.utf8(prefix));
  }

  /** As a mirror of a source that names its keys like the sink. */
  EventSink opened(EventSink made, List<Bytes> formerPrefixes) {
    return opened(made, prefixes(), formerPrefixes);
  }

  static EventSink opened(EventSink made, List<Bytes> prefixes, List<Bytes> formerPrefixes) {
    if (made instanceof AtomicSink atomic) {
      assertThat(atomic.indexStore(LINK)).isSameAs(atomic);
    }
    made.open(new SinkContext(LINK, made.keyModel(), prefixes, formerPrefixes));
    return made;
  }

  boolean paths() {
    return sink.keyModel() == KeyModel.PATHS;
  }

  Bytes key(String below) {
    return Bytes.utf8(prefix + below);
  }

  MirrorEvent.Put put(String below, String value) {
    return new MirrorEvent.Put(key(below), Bytes.utf8(value), ++index, null);
  }

  MirrorEvent.Delete delete(String below) {
    return new MirrorEvent.Delete(key(below), ++index);
  }

  MirrorEvent.DeleteTree deleteTree(String below) {
    return new MirrorEvent.DeleteTree(key(below), ++index);
  }

  MirrorEvent.MakeDirectory directory(String below) {
    return new MirrorEvent.MakeDirectory(key(below), ++index, null);
  }

  /** A batch of these events, which must have been made in this order. */
  EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), index, index);
  }

  void apply(MirrorEvent... events) throws IOException, InterruptedException {
    sink.apply(batch(events));
  }

  void applyPuts(Map<Bytes, Bytes> values) throws IOException, InterruptedException {
    List<MirrorEvent> events = new ArrayList<>();
    values.forEach((key, value) -> events.add(new MirrorEvent.Put(key, value, 1_000, null)));
    sink.apply(EventBatch.of(events, 1_000, 1_000));
  }

  List<MirrorEvent.Entry> contents() throws IOException, InterruptedException {
    return contents(sink, Selection.of(Bytes.utf8(prefix)));
  }

  /** The values, with their keys below the prefix, as text. */
  Map<String, String> values() throws IOException, InterruptedException {
    Map<String, String> values = new TreeMap<>();
    values(contents()).forEach((key, value) -> values.put(below(key), value.textOrHex()));
    return values;
  }

  static Map<Bytes, Bytes> values(List<MirrorEvent.Entry> entries) {
    Map<Bytes, Bytes> values = new LinkedHashMap<>();
    for (MirrorEvent.Entry entry : entries) {
      if (entry instanceof MirrorEvent.Put put) {
        assertThat(values.put(put.key(), put.value())).as("twice: " + put.key()).isNull();
      }
    }
    return values;
  }

  /** The directories below the prefix; the prefix itself is not counted. */
  Set<String> directories() throws IOException, InterruptedException {
    return contents().stream()
        .filter(MirrorEvent.MakeDirectory.class::isInstance)
        .map(entry -> below(entry.key()))
        .filter(key -> !key.isEmpty())
        .collect(Collectors.toSet());
  }

  private String below(Bytes key) {
    assertThat(key.startsWith(Bytes.utf8(prefix))).as(key + " is under " + prefix).isTrue();
    return key.from(prefix.length()).textOrHex();
  }
}
