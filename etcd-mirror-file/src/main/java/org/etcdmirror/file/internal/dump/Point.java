package org.etcdmirror.file.internal.dump;

import org.etcdmirror.file.internal.format.Stored;

/**
 * A group after which the data was exactly that of a source's index.
 *
 * @param base the group of the snapshot from which it was found; 0 for the beginning of the log
 * @param group the number of the group
 * @param stored the checkpoint that says so
 */
public record Point(long base, long group, Stored stored) {

  /** The index of the source. */
  public long index() {
    return stored.checkpoint().index();
  }
}
