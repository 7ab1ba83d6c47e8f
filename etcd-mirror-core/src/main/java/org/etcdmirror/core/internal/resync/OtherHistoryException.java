package org.etcdmirror.core.internal.resync;

import java.io.IOException;

/** What was read is not of the history that is being followed; following has to begin anew. */
public final class OtherHistoryException extends IOException {

  private static final long serialVersionUID = 1L;

  public OtherHistoryException(String message) {
    super(message);
  }
}
