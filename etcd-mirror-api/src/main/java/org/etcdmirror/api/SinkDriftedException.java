package org.etcdmirror.api;

import java.io.IOException;

/** The sink no longer holds what was applied to it. */
public final class SinkDriftedException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names the key and what was found in its place
   */
  public SinkDriftedException(String message) {
    super(message);
  }
}
