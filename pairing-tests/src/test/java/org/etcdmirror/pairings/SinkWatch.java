package org.etcdmirror.pairings;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.v3.V3Source;

/** Records every value that each key of a v3 sink gets, in order. */
final class SinkWatch implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final V3Source sink;
  private final EventStream stream;
  private final Map<String, List<String>> values = new HashMap<>();
  private long seen;

  /** Watches from now on. */
  SinkWatch(URI server) throws IOException, LostEventsException, InterruptedException {
    this.sink = V3Source.builder().endpoints(server.toString()).build();
    this.stream = sink.open(Selection.of(Bytes.utf8("/conf/")), Start.now());
    this.seen = stream.startIndex();
  }

  /** Records the values up to an index of the sink. */
  void seeThrough(long index) throws IOException, LostEventsException, InterruptedException {
    while (seen < index) {
      EventBatch batch = stream.poll(POLL);
      seen = batch.index();
      for (MirrorEvent event : batch.events()) {
        values
            .computeIfAbsent(event.key().utf8(), key -> new ArrayList<>())
            .add(event instanceof MirrorEvent.Put put ? put.value().utf8() : CompactedSource.GONE);
      }
    }
  }

  /** The keys that went back, and to what. */
  List<String> wentBack(CompactedSource source) {
    List<String> back = new ArrayList<>();
    values.forEach((key, held) -> {
      String value = source.wentBack(key, held);
      if (value != null) {
        back.add("%s=%s of %s".formatted(key, value, held));
      }
    });
    return back;
  }

  @Override
  public void close() {
    stream.close();
    sink.close();
  }
}
