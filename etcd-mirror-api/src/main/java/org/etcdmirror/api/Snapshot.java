package org.etcdmirror.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The state of a selection at one index, read once from front to back. Not safe for use by several
 * threads at a time.
 *
 * <p>A snapshot whose index may be cleared or compacted before it is read should be renewable: then
 * it is read in chunks. Each chunk is the state of its keys at one index, and each index is at or
 * above that of the chunk before.
 */
public interface Snapshot extends AutoCloseable {

  /**
   * Whose state it is, and at which index: each event through it is in, none after it. After {@link
   * #renew} it is that of the entries which follow.
   */
  SourceHead head();

  /**
   * The next entry, or null after the last one. Entries come in the order of the selection's
   * prefixes, and inside each in the order of their keys as unsigned bytes; no key comes twice. On
   * {@link KeyModel#PATHS} each directory is an entry of its own, also one that was never made
   * explicitly; the root is not an entry.
   *
   * @throws SnapshotExpiredException if the rest cannot be read at this index any more
   * @throws IOException if the rest cannot be read now; the whole snapshot is then void
   * @throws InterruptedException if the thread was interrupted
   */
  MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException;

  /** Whether {@link #renew} works. By default it does not. */
  default boolean isRenewable() {
    return false;
  }

  /**
   * Goes on at the newest index, read with the agreement of the cluster: the next entry is the
   * first one behind the last that was returned, or the first of all if none was. To be called at
   * any time before the last entry was returned, also after a {@link SnapshotExpiredException}.
   *
   * @throws IOException if that cannot be read now; the whole snapshot is then void
   */
  default void renew() throws IOException, InterruptedException {
    throw new IOException("a snapshot at index %d cannot be renewed".formatted(head().index()));
  }

  /** Frees what the snapshot holds; harmless when repeated. */
  @Override
  void close();
}
