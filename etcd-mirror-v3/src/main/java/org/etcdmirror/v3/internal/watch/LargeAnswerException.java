package org.etcdmirror.v3.internal.watch;

import java.io.IOException;

/** A whole answer of a watch is too large. The next watch is asked for in pieces. */
final class LargeAnswerException extends IOException {

  private static final long serialVersionUID = 1L;

  LargeAnswerException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
