package org.etcdmirror.core.internal.side;

import static org.etcdmirror.core.internal.side.Side.SINK;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkCluster;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A sink whose failures name their side. It can be read, or commits the index, if the sink can. */
public class SideSink implements EventSink {

  private final EventSink sink;

  private SideSink(EventSink sink) {
    this.sink = sink;
  }

  /** Stands before a sink. */
  public static EventSink of(EventSink sink) {
    if (sink instanceof AtomicSink atomic) {
      return new AtomicSide(atomic);
    }
    return sink instanceof ReadableSink readable ? of(readable) : new SideSink(sink);
  }

  /** Stands before a sink that is only read. */
  public static ReadableSink of(ReadableSink sink) {
    return new ReadableSide(sink);
  }

  @Override
  public KeyModel keyModel() {
    return sink.keyModel();
  }

  @Override
  public boolean isDurable() {
    return sink.isDurable();
  }

  @Override
  public @Nullable IndexStore indexStore(String link) {
    return sink.indexStore(link);
  }

  @Override
  public void open(SinkContext context) {
    SINK.ask(() -> {
      sink.open(context);
      return true;
    });
  }

  @Override
  public @Nullable String refusal(MirrorEvent.Entry entry) {
    return sink.refusal(entry);
  }

  @Override
  public List<Bytes> ownKeys() {
    return sink.ownKeys();
  }

  @Override
  public @Nullable SinkCluster cluster() {
    SinkCluster cluster = sink.cluster();
    return cluster == null ? null : new SideCluster(cluster);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    SINK.run(() -> sink.apply(batch));
  }

  @Override
  public long appliedAt() {
    return sink.appliedAt();
  }

  @Override
  public Duration lateEffects() {
    return sink.lateEffects();
  }

  @Override
  public boolean answers(String endpoint) throws InterruptedException {
    return sink.answers(endpoint);
  }

  @Override
  public void close() {
    sink.close();
  }

  /** The class of the sink, for messages. */
  @Override
  public String toString() {
    return sink.getClass().getName();
  }

  private static class ReadableSide extends SideSink implements ReadableSink {

    private final ReadableSink sink;

    ReadableSide(ReadableSink sink) {
      super(sink);
      this.sink = sink;
    }

    @Override
    public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
      return new SideSnapshot(SINK, SINK.call(() -> sink.snapshot(selection)));
    }
  }

  private static final class AtomicSide extends ReadableSide implements AtomicSink {

    private final AtomicSink sink;
    private final SideStore store;

    AtomicSide(AtomicSink sink) {
      super(sink);
      this.sink = sink;
      this.store = new SideStore(SINK, sink);
    }

    @Override
    public IndexStore indexStore(String link) {
      sink.indexStore(link);
      return this;
    }

    @Override
    public long maxAtomicBytes() {
      return sink.maxAtomicBytes();
    }

    @Override
    public void apply(EventBatch batch, Checkpoint checkpoint)
        throws IOException, InterruptedException {
      SINK.run(() -> sink.apply(batch, checkpoint));
    }

    @Override
    public Place place() {
      return store.place();
    }

    @Override
    public Optional<Checkpoint> load() throws IOException, InterruptedException {
      return store.load();
    }

    @Override
    public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
      store.save(checkpoint);
    }

    @Override
    public void confirm() throws IOException, InterruptedException {
      store.confirm();
    }

    @Override
    public Duration confirmPause() {
      return store.confirmPause();
    }

    @Override
    public boolean hasWritten(long index) {
      return store.hasWritten(index);
    }

    @Override
    public @Nullable String signature() {
      return store.signature();
    }
  }

  /** The cluster of a sink; its failures name the sink. */
  private record SideCluster(SinkCluster cluster) implements SinkCluster {

    @Override
    public SourceHead head() throws IOException, InterruptedException {
      return Side.SINK.call(cluster::head);
    }

    @Override
    public boolean hasWritten(long index) {
      return cluster.hasWritten(index);
    }

    @Override
    public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
      return Side.SINK.call(() -> cluster.check(anchor));
    }
  }
}
