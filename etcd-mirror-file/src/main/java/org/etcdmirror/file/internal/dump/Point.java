package org.etcdmirror.file.internal.dump;

import org.etcdmirror.file.internal.format.Stored;

/**
 * A group after which the data was exactly that of a source's index.
 *
 * @param group the number of the group
 * @param stored the checkpoint that says so
 */
public record Point(long group, Stored stored) {

  /** The index of the source. */
  public long index() {
    return stored.checkpoint().index();
  }
}
