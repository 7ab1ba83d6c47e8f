package org.etcdmirror.core;

import java.io.IOException;

/** What was read is not of the history that is being followed; following has to begin anew. */
final class OtherHistoryException extends IOException {

  private static final long serialVersionUID = 1L;

  OtherHistoryException(String message) {
    super(message);
  }
}
