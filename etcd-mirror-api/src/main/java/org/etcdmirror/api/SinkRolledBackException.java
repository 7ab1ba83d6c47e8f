package org.etcdmirror.api;

import java.io.IOException;

/**
 * The sink is no longer what this mirror left there: it was wiped, or an older state of it was put
 * back. Writing the same again does not bring back what is gone. The engine loads the checkpoint
 * again, stores that the sink may not be level, and compares source and sink ({@link
 * Gap.Reason#SINK_ROLLED_BACK}).
 *
 * <p>It is thrown on evidence alone: what this mirror stored last is missing or older, or the
 * sink's own index is lower than it was. A checkpoint that another mirror or a person changed is a
 * {@link FencedException}.
 */
public final class SinkRolledBackException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names the checkpoint, what was stored there last and what is found
   */
  public SinkRolledBackException(String message) {
    super(message);
  }
}
