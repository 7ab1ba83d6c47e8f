package org.etcdmirror.api;

import java.io.IOException;

/**
 * A keyspace that can be read and followed. A constructed source is ready for use.
 *
 * <p>Several threads may call the methods at a time. A transient failure is an {@link IOException}.
 * A failure that a repeat does not solve (wrong credentials, an API that is switched off) is a
 * {@link PermanentException}.
 *
 * <p>The {@linkplain OwnKeys keys of mirrors} are not data. No snapshot contains them, even if they
 * are selected by name, and no batch of a stream does. Their changes move the index like all other
 * changes outside of the selection.
 */
public interface EventSource extends AutoCloseable {

  /** Returns how this source names its keys. */
  KeyModel keyModel();

  /**
   * Reads the identity and the newest index with the agreement of the cluster (a quorum or
   * linearizable read), never from a member that may lag behind. The selection shows where a user
   * with few rights may read. It does not restrict the index.
   */
  SourceHead head(Selection selection) throws IOException, InterruptedException;

  /** Reads the state of the selection at one index, with the agreement of the cluster. */
  Snapshot snapshot(Selection selection) throws IOException, InterruptedException;

  /**
   * Follows the selection. After this has returned, the stream misses no event after the start.
   *
   * @throws LostEventsException if events after the start are no longer available
   */
  EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException;

  /**
   * Closes the source and its open streams. Harmless when repeated. Every other call after that
   * throws a {@link ClosedException}, so that it does not look like a transient failure.
   */
  @Override
  void close();
}
