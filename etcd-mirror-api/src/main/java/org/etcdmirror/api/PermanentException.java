package org.etcdmirror.api;

import org.jspecify.annotations.Nullable;

/** A failure that repeating will not cure. The mirror stops and shows it. */
public class PermanentException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure without a cause of its own.
   *
   * @param message one line with the endpoint, key and index as far as they are known
   */
  public PermanentException(String message) {
    super(message);
  }

  /**
   * A failure with a cause.
   *
   * @param message one line with the endpoint, key and index as far as they are known
   * @param cause what led to it
   */
  public PermanentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
