package org.etcdmirror.core;

import org.etcdmirror.api.Checkpoint;
import org.jspecify.annotations.Nullable;

/** What checkpoints tell of the scopes of their links. */
final class LinkScopes {

  private LinkScopes() {}

  /** The scope that a checkpoint was made with; null if it does not tell. */
  static @Nullable MirrorScope scopeOf(Checkpoint checkpoint) {
    return null;
  }
}
