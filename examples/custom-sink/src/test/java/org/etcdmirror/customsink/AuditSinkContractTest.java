package org.etcdmirror.customsink;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.testkit.EventSinkContract;
import org.junit.jupiter.api.io.TempDir;

/**
 * How a sink is held to the contract that can't be read: what it wrote down is played to one that
 * can.
 */
class AuditSinkContractTest extends EventSinkContract {

  private final Path directory;
  private int files;

  /** The events that the lines stand for, which do not tell their values. */
  private final Map<String, MirrorEvent> events = new HashMap<>();

  AuditSinkContractTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Override
  protected EventSink createSink(List<Bytes> prefixes) {
    // One of its own for each: two sinks do not write to one file.
    return new Overheard(directory.resolve("audit" + ++files));
  }

  @Override
  protected EventSink reopenSink(EventSink closed, List<Bytes> prefixes) {
    return new Overheard(((Overheard) closed).file);
  }

  @Override
  protected List<MirrorEvent.Entry> contents(EventSink sink, Selection selection)
      throws IOException, InterruptedException {
    InMemorySink replayed = InMemorySink.bytes();
    Path file = ((Overheard) sink).file;
    for (String text : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      AuditLine line = AuditLine.parse(text);
      MirrorEvent event = events.get(line.identity());
      if (event == null) {
        throw new AssertionError("never applied: " + text);
      }
      replayed.apply(EventBatch.of(List.of(event), event.index(), event.index()));
    }
    return super.contents(replayed, selection);
  }

  private final class Overheard implements EventSink {

    private final Path file;
    private final EventSink sink;

    Overheard(Path file) {
      this.file = file;
      this.sink = new AuditSink(file);
    }

    @Override
    public KeyModel keyModel() {
      return sink.keyModel();
    }

    @Override
    public void apply(EventBatch batch) throws IOException, InterruptedException {
      batch.events().forEach(event -> events.put(AuditLine.of(event).identity(), event));
      sink.apply(batch);
    }

    @Override
    public void close() {
      sink.close();
    }
  }
}
