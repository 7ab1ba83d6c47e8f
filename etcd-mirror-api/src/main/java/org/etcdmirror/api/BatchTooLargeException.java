package org.etcdmirror.api;

/**
 * An {@link AtomicSink} learned only now that a batch cannot be committed as one. Nothing of it is
 * written, and {@link AtomicSink#maxAtomicBytes()} is lower from now on. The engine cuts what it
 * gathered between two indexes, and applies the pieces one after the other. So a sink throws this
 * only for a batch with events of several indexes; what happened at one index it has to take.
 */
public final class BatchTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Makes the exception.
   *
   * @param message one line that says what was too large
   */
  public BatchTooLargeException(String message) {
    super(message);
  }
}
