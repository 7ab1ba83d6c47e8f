package org.etcdmirror.v3;

import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.jspecify.annotations.Nullable;

/** A v3 source whose streams are not polled while a gate is shut, as with a sink that is slow. */
final class GatedSource implements EventSource {

  private static final int OPEN = 1 << 20;

  private final EventSource source;
  private final Semaphore gate = new Semaphore(OPEN);
  private volatile Duration linger = Duration.ZERO;

  GatedSource(Collection<URI> endpoints) {
    source = V3Source.builder().endpoints(endpoints.stream().map(URI::toString).toList()).build();
  }

  /** The minimum time that a snapshot takes to deliver all its entries. */
  void linger(Duration duration) {
    linger = duration;
  }

  void shut() {
    gate.drainPermits();
  }

  void letOnePollThrough() {
    gate.release();
  }

  void open() {
    gate.release(OPEN);
  }

  @Override
  public KeyModel keyModel() {
    return source.keyModel();
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    return source.head(selection);
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    Snapshot snapshot = source.snapshot(selection);
    long until = System.nanoTime() + linger.toNanos();
    return new Snapshot() {
      @Override
      public SourceHead head() {
        return snapshot.head();
      }

      @Override
      public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
        MirrorEvent.Entry entry = snapshot.next();
        if (entry == null) {
          await().atMost(PATIENCE).until(() -> System.nanoTime() - until > 0);
        }
        return entry;
      }

      @Override
      public void close() {
        snapshot.close();
      }
    };
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    return new GatedStream(source.open(selection, start));
  }

  @Override
  public void close() {
    source.close();
  }

  private final class GatedStream implements EventStream {

    private final EventStream stream;
    private long reached;

    GatedStream(EventStream stream) {
      this.stream = stream;
      this.reached = stream.startIndex();
    }

    @Override
    public long startIndex() {
      return stream.startIndex();
    }

    @Override
    public EventBatch poll(Duration timeout)
        throws IOException, LostEventsException, InterruptedException {
      if (!gate.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return EventBatch.of(List.of(), reached, reached);
      }
      EventBatch batch = stream.poll(timeout);
      reached = batch.index();
      return batch;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
