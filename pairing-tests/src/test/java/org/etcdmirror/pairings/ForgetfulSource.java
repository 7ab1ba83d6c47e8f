package org.etcdmirror.pairings;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;

/** A real source whose streams lose the events of one key, and detect it on demand. */
final class ForgetfulSource implements InspectableSource {

  private final InspectableSource real;
  private final Bytes lost;
  private final AtomicLong missed = new AtomicLong();
  private volatile boolean mayFindOut;
  private volatile boolean away;

  ForgetfulSource(EventSource real, String lost) {
    this.real = InspectableSource.of(real);
    this.lost = Bytes.utf8(lost);
  }

  /** Lets the stream detect once what it lost. */
  void findOut() {
    mayFindOut = true;
  }

  /** No snapshot can be read from now on. */
  void noSnapshots() {
    away = true;
  }

  @Override
  public KeyModel keyModel() {
    return real.keyModel();
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    return real.head(selection);
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    if (away) {
      throw new IOException("no snapshot can be read");
    }
    return real.snapshot(selection);
  }

  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return real.history(selection);
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return real.check(anchor);
  }

  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return real.storedLinks();
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    return new Stream(real.open(selection, start));
  }

  @Override
  public void close() {
    real.close();
  }

  private final class Stream implements EventStream {

    private final EventStream stream;

    Stream(EventStream stream) {
      this.stream = stream;
    }

    @Override
    public long startIndex() {
      return stream.startIndex();
    }

    @Override
    public EventBatch poll(Duration timeout)
        throws IOException, LostEventsException, InterruptedException {
      EventBatch batch = stream.poll(timeout);
      long index = mayFindOut ? missed.getAndSet(0) : 0;
      if (index > 0) {
        throw new IndexDisprovedException(index, batch.index(), batch.headIndex(), "for a test");
      }
      return new EventBatch(
          batch.events().stream().filter(event -> !isLost(event)).toList(),
          batch.index(),
          batch.headIndex(),
          batch.notices(),
          batch.seenNanos());
    }

    private boolean isLost(MirrorEvent event) {
      boolean isLost = event.key().equals(lost);
      if (isLost) {
        missed.set(event.index());
      }
      return isLost;
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
