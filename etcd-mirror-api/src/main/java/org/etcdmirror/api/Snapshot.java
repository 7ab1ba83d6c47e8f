package org.etcdmirror.api;

import java.io.IOException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The state of a selection at one index, read once from front to back. Not safe for use by several
 * threads at a time.
 *
 * <p>A snapshot should be renewable if its index may be cleared or compacted before it is read
 * completely. Then it is read in chunks. Each chunk is the state of its keys at one index, and each
 * index is at or above that of the chunk before.
 */
public interface Snapshot extends AutoCloseable {

  /**
   * Returns the cluster and the index of this state: it contains each event through that index and
   * none after it. After {@link #renew} this is about the entries that follow.
   */
  SourceHead head();

  /**
   * Returns the next entry, or null after the last one. Entries come in the order of the
   * selection's prefixes, and inside each in the order of their keys as unsigned bytes; no key
   * comes twice. On {@link KeyModel#PATHS} each directory is an entry of its own, also one that was
   * never made explicitly; the root is not an entry.
   *
   * @throws SnapshotExpiredException if the rest can no longer be read at this index
   * @throws IOException if the rest cannot be read now; the whole snapshot is then void
   * @throws InterruptedException if the thread was interrupted
   */
  MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException;

  /**
   * Returns how many entries this snapshot has, those included that were returned already, if that
   * is known without reading them. It may be an estimate, and it may change while the snapshot is
   * read: it is used only to show a person how far a long copy is. Empty by default.
   */
  default OptionalLong expectedEntries() {
    return OptionalLong.empty();
  }

  /** Whether {@link #renew} is possible. False by default. */
  default boolean isRenewable() {
    return false;
  }

  /**
   * Continues at the newest index, read with the agreement of the cluster. The next entry is the
   * first one behind the last that was returned, or the first of all if none was. May be called at
   * any time before the last entry was returned, also after a {@link SnapshotExpiredException}.
   *
   * @throws IOException if that cannot be read now; the whole snapshot is then void
   */
  default void renew() throws IOException, InterruptedException {
    throw new IOException("a snapshot at index %d cannot be renewed".formatted(head().index()));
  }

  /** Closes the snapshot. Harmless when repeated. */
  @Override
  void close();
}
