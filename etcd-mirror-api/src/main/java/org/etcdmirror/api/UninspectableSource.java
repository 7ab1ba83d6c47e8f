package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.io.IOException;

/** A source that answers questions about its cluster by the defaults. */
record UninspectableSource(EventSource source) implements InspectableSource {

  UninspectableSource {
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
