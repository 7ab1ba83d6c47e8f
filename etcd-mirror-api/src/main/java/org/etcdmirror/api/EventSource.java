package org.etcdmirror.api;

import java.io.IOException;

/**
 * A keyspace that can be read and followed. A constructed source is ready for use.
 *
 * <p>Methods may be called by several threads at a time. Each failure that may go by itself is an
 * {@link IOException}; one that will not (wrong credentials, an API that is switched off) is a
 * {@link PermanentException}.
 *
 * <p>What mirrors remember is not data: keys that are {@linkplain OwnKeys the mirrors' own} come in
 * no snapshot, not even where they are asked for by name, and in no batch of a stream, whatever the
 * selection. What happens to them moves the index like all else outside of the selection.
 */
public interface EventSource extends AutoCloseable {

  /** How this source names its keys. */
  KeyModel keyModel();

  /**
   * The identity and newest index, read with the agreement of the cluster (a quorum or linearizable
   * read), never from a member that may lag behind. The selection tells where a user with few
   * rights may read; it does not narrow the index.
   */
  SourceHead head(Selection selection) throws IOException, InterruptedException;

  /** The state of the selection at one index, read with the agreement of the cluster. */
  Snapshot snapshot(Selection selection) throws IOException, InterruptedException;

  /**
   * Follows the selection. When this returns, nothing that happens after the start can be missed
   * any more.
   *
   * @throws LostEventsException if events after the start are no longer to be had
   */
  EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException, InterruptedException;

  /**
   * Frees what the source holds, its open streams included; harmless when repeated. Any other call
   * after that throws a {@link ClosedException}, so that it is not taken for a failure that passes.
   */
  @Override
  void close();
}
