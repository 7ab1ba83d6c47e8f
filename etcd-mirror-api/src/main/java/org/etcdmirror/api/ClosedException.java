package org.etcdmirror.api;

/**
 * A source, sink or index store is used after it was closed. A mirror closes all three when it
 * ends, so the next mirror needs new ones.
 */
public final class ClosedException extends PermanentException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param what is closed, with its endpoints
   */
  public ClosedException(String what) {
    super(
        "%s is closed. A mirror closes its source, sink and index store when it ends: make new ones for the next mirror"
            .formatted(what));
  }
}
