package org.etcdmirror.api;

import java.io.IOException;

/**
 * The sink no longer holds what was applied to it, as where keys of it expired that the source
 * still holds. Applying the same batch again does not bring them back: the engine answers with a
 * resync.
 */
public final class SinkDriftedException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names the key, and the lease if there is one
   */
  public SinkDriftedException(String message) {
    super(message);
  }
}
