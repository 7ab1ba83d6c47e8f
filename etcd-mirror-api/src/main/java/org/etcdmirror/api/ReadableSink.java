package org.etcdmirror.api;

import java.io.IOException;

/** A sink that can tell what it holds. That is all that a resync by difference needs. */
public interface ReadableSink extends EventSink {

  /**
   * What the sink holds in the selection, read with the agreement of the sink's cluster. Keys that
   * are {@linkplain OwnKeys the mirrors' own}, of whichever link, and those of {@link #ownKeys} are
   * left out, also where they are asked for by name.
   *
   * <p>A sink that was not {@linkplain #open opened} can be read all the same, as for a source that
   * names its keys like the sink: tools compare such sinks.
   *
   * <p>May be called, and the snapshot read, by any thread while another one {@linkplain #apply
   * applies} a batch: the snapshot is of before or after each event of it.
   */
  Snapshot snapshot(Selection selection) throws IOException, InterruptedException;
}
