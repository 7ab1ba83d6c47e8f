package org.etcdmirror.api;

/**
 * Another writer moved this link's checkpoint: two mirrors work on one link, and this one stops.
 */
public final class FencedException extends PermanentException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that names the checkpoint, what was expected and what was found
   */
  public FencedException(String message) {
    super(message);
  }

  /**
   * Makes the exception with a cause.
   *
   * @param message one line that names the checkpoint, what was expected and what was found
   * @param cause what led to it
   */
  public FencedException(String message, Throwable cause) {
    super(message, cause);
  }
}
