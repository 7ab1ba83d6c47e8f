package org.etcdmirror.v3;

import org.etcdmirror.api.PermanentException;

/** The servers refuse a transaction of several operations, which may be made smaller. */
final class SinkTooLargeException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final long bytes;

  SinkTooLargeException(long bytes, V3PermanentException cause) {
    super("a transaction of %d bytes is refused: %s".formatted(bytes, cause.getMessage()), cause);
    this.bytes = bytes;
  }

  /** What was too large. */
  long bytes() {
    return bytes;
  }
}
