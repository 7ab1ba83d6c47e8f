package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

/**
 * A checkpoint that some mirror keeps in a cluster.
 *
 * @param key where it is kept
 * @param checkpoint what it says
 */
public record StoredLink(Bytes key, Checkpoint checkpoint) {

  /** Refuses nulls. */
  public StoredLink {
    requireNonNull(key, "key");
    requireNonNull(checkpoint, "checkpoint");
  }
}
