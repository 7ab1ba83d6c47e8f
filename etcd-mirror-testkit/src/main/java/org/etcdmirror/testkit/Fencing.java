package org.etcdmirror.testkit;

import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.OutcomeUnknownException;

/** What a sink and its index store refuse to a mirror after a newer one has written. */
public enum Fencing {
  /**
   * Each write, of data alone as well. A request of unknown outcome that is executed later changes
   * nothing. This is the promise of each {@link AtomicSink}, and of no other sink.
   */
  EACH_WRITE,

  /**
   * Only a save of the checkpoint, so the older mirror ends by a {@link FencedException} at its
   * next save. A request of unknown outcome that is executed later may undo a newer write. The sink
   * has named what it touches by an {@link OutcomeUnknownException}, and the mirror repairs it.
   */
  CHECKPOINT_ONLY
}
