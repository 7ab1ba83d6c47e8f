package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceNotice;
import org.etcdmirror.api.Start;
import org.etcdmirror.testkit.etcd.V2Http;
import org.jspecify.annotations.Nullable;

/**
 * Follows a source as a mirror does, records every batch, and compares the batches with all puts.
 * Reopens a broken stream after its last index; a gap is a failure.
 */
final class StreamRecorder implements AutoCloseable {

  private final EventSource source;
  private final Selection selection;
  private final V2Http http;
  private final Map<Long, MirrorEvent> puts = new TreeMap<>();
  private final List<EventBatch> batches = new ArrayList<>();
  private final List<SourceNotice> notices = new ArrayList<>();
  private @Nullable EventStream stream;
  private long index;

  /** Begins to follow at "now". */
  StreamRecorder(EventSource source, String prefix, V2Http http)
      throws IOException, LostEventsException, InterruptedException {
    this.source = source;
    this.selection = Selection.of(Bytes.utf8(prefix));
    this.http = http;
    while (stream == null) {
      try {
        stream = source.open(selection, Start.now());
      } catch (IOException notYet) {
        // A mirror would retry, too.
      }
    }
    index = stream.startIndex();
  }

  /** Puts a value directly into etcd, bypassing the proxy; thread-safe. */
  long put(String key, String value) {
    long at = http.put(key, value).etcdIndex();
    synchronized (puts) {
      puts.put(at, Mirroring.put(key, value, at));
    }
    return at;
  }

  /** Takes in batches until the stream is complete through an index. */
  void follow(long until) throws LostEventsException, InterruptedException {
    while (index < until) {
      take(Duration.ofSeconds(1));
    }
  }

  /** Takes in batches for a while. */
  void followFor(Duration time) throws LostEventsException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      take(Duration.ofNanos(left));
    }
  }

  private void take(Duration timeout) throws LostEventsException, InterruptedException {
    try {
      if (stream == null) {
        stream = source.open(selection, Start.after(index));
      }
      EventBatch batch = stream.poll(timeout);
      batches.add(batch);
      notices.addAll(batch.notices());
      index = batch.index();
    } catch (IOException broken) {
      reopen();
    }
  }

  private void reopen() {
    if (stream != null) {
      stream.close();
      stream = null;
    }
  }

  long index() {
    return index;
  }

  List<SourceNotice> notices() {
    return notices;
  }

  /** Checks each batch against all that was put; call it when the writers have ended. */
  void assertNothingWasPassed() {
    List<MirrorEvent> delivered = new ArrayList<>();
    List<MirrorEvent> expected = new ArrayList<>(puts.values());
    for (EventBatch batch : batches) {
      delivered.addAll(batch.events());
      long due = puts.keySet().stream().filter(at -> at <= batch.index()).count();
      assertThat(delivered.stream().map(StreamRecorder::name))
          .as("delivered when the stream said that it is complete through %d", batch.index())
          .containsExactlyElementsOf(
              expected.subList(0, (int) due).stream().map(StreamRecorder::name).toList());
    }
    assertThat(delivered).isEqualTo(expected.subList(0, delivered.size()));
  }

  private static String name(MirrorEvent event) {
    return event.key().utf8() + "@" + event.index();
  }

  @Override
  public void close() {
    if (stream != null) {
      stream.close();
    }
  }
}
