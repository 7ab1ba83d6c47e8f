package org.etcdmirror.api;

import java.io.IOException;
import java.util.List;

/**
 * A keyspace that can be read and followed. A constructed source is ready for use.
 *
 * <p>Methods may be called by several threads at a time. Each failure that may go by itself is an
 * {@link IOException}; one that will not (wrong credentials, an API that is switched off) is a
 * {@link PermanentException}.
 *
 * <p>What mirrors remember is not data: keys that are {@linkplain OwnKeys#DEFAULT the mirrors' own}
 * come in no snapshot, not even where they are asked for by name, and in no batch of a stream,
 * whatever the selection. What happens to them moves the index like all else outside of the
 * selection.
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
   * Another snapshot, for somebody who doubts the last one: read from another member of the cluster
   * where there is one, and again with the agreement of the cluster. By default the same as {@link
   * #snapshot}.
   */
  default Snapshot secondSnapshot(Selection selection) throws IOException, InterruptedException {
    return snapshot(selection);
  }

  /**
   * How far back events can be read. Asked for now and then, so it must be cheap. By default the
   * oldest index is not known.
   */
  default SourceHistory history(Selection selection) throws IOException, InterruptedException {
    return new SourceHistory(0, head(selection).index());
  }

  /**
   * Whether this source is the one that an anchor was taken from. Never {@link Anchor.Check#BROKEN}
   * while it might be; by default nobody can tell.
   */
  default Anchor.Check check(Anchor anchor) throws IOException, InterruptedException {
    return Anchor.Check.UNKNOWN;
  }

  /**
   * The checkpoints that mirrors keep in this very cluster, which is their target; those that the
   * user may not read are left out. None by default.
   */
  default List<StoredLink> storedLinks() throws IOException, InterruptedException {
    return List.of();
  }

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
