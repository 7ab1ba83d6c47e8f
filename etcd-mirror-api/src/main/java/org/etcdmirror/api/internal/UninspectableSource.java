package org.etcdmirror.api.internal;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.InspectableSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;

/** A source that answers questions about its cluster by the defaults. */
public record UninspectableSource(EventSource source) implements InspectableSource {

  /** Refuses nulls. */
  public UninspectableSource {
    requireNonNull(source, "source");
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
    return source.snapshot(selection);
  }

  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException {
    return source.open(selection, start);
  }

  @Override
  public void close() {
    source.close();
  }
}
