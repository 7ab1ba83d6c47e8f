package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Base of the contract tests of sources: a source, and methods to write and read it. */
abstract class SourceFixture {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  final String prefix = ContractKeys.freshPrefix();
  EventSource source;

  /** A new source, ready for use. Each test writes under a prefix of its own. */
  protected abstract EventSource createSource() throws Exception;

  /**
   * Sets a value in the keyspace that the source reads, by other means than the product's.
   *
   * @return the index of the change
   */
  protected abstract long put(String key, String value) throws Exception;

  /**
   * Deletes a key that exists.
   *
   * @return the index of the change
   */
  protected abstract long delete(String key) throws Exception;

  /**
   * Deletes all keys below a path, and its directory where there are any. By default one by one;
   * override it where the keyspace can do it at once.
   */
  protected void deleteTree(String path) throws Exception {
    for (MirrorEvent.Entry entry : snapshot(Selection.of(Bytes.utf8(path)))) {
      if (entry instanceof MirrorEvent.Put) {
        delete(entry.key().utf8());
      }
    }
  }

  @BeforeEach
  void openSource() throws Exception {
    source = createSource();
  }

  @AfterEach
  void closeSource() {
    source.close();
  }

  long write(String below, String value) throws Exception {
    return put(prefix + below, value);
  }

  long remove(String below) throws Exception {
    return delete(prefix + below);
  }

  Bytes key(String below) {
    return Bytes.utf8(prefix + below);
  }

  Selection all() {
    return select("");
  }

  Selection select(String... below) {
    List<Bytes> prefixes = new ArrayList<>();
    for (String one : below) {
      prefixes.add(key(one));
    }
    return new Selection(prefixes, false);
  }

  MirrorEvent.Put put(String below, String value, long index) {
    return new MirrorEvent.Put(key(below), Bytes.utf8(value), index, null);
  }

  List<MirrorEvent.Entry> snapshot(Selection selection) throws IOException, InterruptedException {
    List<MirrorEvent.Entry> entries = new ArrayList<>();
    try (Snapshot snapshot = source.snapshot(selection)) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        assertThat(entry.index()).isLessThanOrEqualTo(snapshot.head().index());
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The events until the stream has reached an index; each batch is checked on the way. */
  List<MirrorEvent> collect(EventStream stream, long until)
      throws IOException, LostEventsException, InterruptedException {
    List<MirrorEvent> events = new ArrayList<>();
    long start = System.nanoTime();
    long index = stream.startIndex();
    while (index < until) {
      EventBatch batch = stream.poll(Duration.ofSeconds(1));
      assertThat(batch.index()).isGreaterThanOrEqualTo(index);
      assertThat(batch.headIndex()).isGreaterThanOrEqualTo(batch.index());
      index = batch.index();
      events.addAll(batch.events());
      assertThat(System.nanoTime() - start)
          .as("stuck at %d on the way to %d, with %s", index, until, events)
          .isLessThan(PATIENCE.toNanos());
    }
    assertThat(events).extracting(MirrorEvent::index).isSorted();
    return events;
  }

  /** The puts among these as {@code /below=value}. */
  List<String> puts(List<? extends MirrorEvent> events) {
    List<String> puts = new ArrayList<>();
    for (MirrorEvent event : events) {
      if (event instanceof MirrorEvent.Put put) {
        puts.add(put.key().from(prefix.length()) + "=" + put.value());
      }
    }
    return puts;
  }
}
