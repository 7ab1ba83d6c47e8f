package org.etcdmirror.api;

import java.io.IOException;

/** A sink that can be read. A resync then writes only differences. */
public interface ReadableSink extends EventSink {

  /**
   * Reads what the sink holds in the selection, with the agreement of the sink's cluster. Leaves
   * out the {@linkplain OwnKeys keys of mirrors} of every link, and {@link #ownKeys}, even if they
   * are selected by name.
   *
   * <p>A sink that was not {@linkplain #open opened} can be read as well, as if the source named
   * its keys like the sink. Tools compare such sinks.
   *
   * <p>Any thread may call this and read the snapshot while another one {@linkplain #apply applies}
   * a batch. For each event of that batch, the snapshot shows the state before or after it.
   */
  Snapshot snapshot(Selection selection) throws IOException, InterruptedException;
}
