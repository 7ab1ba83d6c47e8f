package org.etcdmirror.core.internal.side;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.SourceHistory;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.StoredLink;

/** A source whose failures name their side. */
public final class SideSource implements InspectableSource {

  private final Side side;
  private final InspectableSource source;

  /**
   * Stands before a source.
   *
   * @param side what the failures name
   */
  public SideSource(Side side, EventSource source) {
    this.side = side;
    this.source = InspectableSource.of(source);
  }

  @Override
  public KeyModel keyModel() {
    return source.keyModel();
  }

  @Override
  public SourceHead head(Selection selection) throws IOException, InterruptedException {
    return side.call(() -> source.head(selection));
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    return new SideSnapshot(side, side.call(() -> source.snapshot(selection)));
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    return new SideStream(
        side, side.<EventStream, LostEventsException>call(() -> source.open(selection, start)));
  }

  @Override
  public Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    return new SideSnapshot(side, side.call(() -> source.secondSnapshot(selection)));
  }

  @Override
  public SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return side.call(() -> source.history(selection));
  }

  @Override
  public Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return side.call(() -> source.check(anchor));
  }

  @Override
  public Anchor.Check check(Selection selection, LastChange last)
      throws IOException, InterruptedException {
    return side.call(() -> source.check(selection, last));
  }

  @Override
  public List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return side.call(source::storedLinks);
  }

  @Override
  public void close() {
    source.close();
  }

  /** A stream whose failures name their side. */
  private record SideStream(Side side, EventStream stream) implements EventStream {

    @Override
    public long startIndex() {
      return stream.startIndex();
    }

    @Override
    public EventBatch poll(Duration timeout)
        throws IOException, LostEventsException, InterruptedException {
      return side.<EventBatch, LostEventsException>call(() -> stream.poll(timeout));
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
