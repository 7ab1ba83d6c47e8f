package org.etcdmirror.core.internal.checkpoint;

import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.OutcomeUnknownException.Touched;

/**
 * A key or tree that a write of unknown outcome may still change.
 *
 * @param reach how much it is
 * @param key the key by its name in the sink, or the top of a tree; empty if all keys are meant
 */
public record Suspect(Reach reach, Bytes key) {

  /** The reach of one write. */
  public enum Reach {
    KEY,
    TREE,
    EVERYTHING
  }

  /** Everything in the scope, because the keys are no longer known. */
  static final Suspect EVERYTHING = new Suspect(Reach.EVERYTHING, Bytes.EMPTY);

  static Suspect of(Touched touched) {
    return new Suspect(touched.tree() ? Reach.TREE : Reach.KEY, touched.key());
  }

  /** Whether the sink's key is a part of it. */
  public boolean covers(Bytes sinkKey) {
    return switch (reach) {
      case KEY -> key.equals(sinkKey);
      case TREE -> KeyModel.PATHS.covers(key, sinkKey);
      case EVERYTHING -> true;
    };
  }
}
