package org.etcdmirror.api;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The state of a selection at one index, read once from front to back. Not safe for use by several
 * threads at a time.
 */
public interface Snapshot extends AutoCloseable {

  /** Whose state it is, and at which index: each event through it is in, none after it. */
  SourceHead head();

  /**
   * The next entry, or null after the last one. Entries come in the order of the selection's
   * prefixes, and inside each in the order of their keys as unsigned bytes; no key comes twice. On
   * {@link KeyModel#PATHS} each directory is an entry of its own, also one that was never made
   * explicitly; the root is not an entry.
   *
   * @throws IOException if the rest cannot be read now; the whole snapshot is then void
   * @throws InterruptedException if the thread was interrupted
   */
  MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException;

  /** Frees what the snapshot holds; harmless when repeated. */
  @Override
  void close();
}
