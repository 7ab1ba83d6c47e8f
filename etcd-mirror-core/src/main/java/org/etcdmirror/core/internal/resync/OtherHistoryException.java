package org.etcdmirror.core.internal.resync;

import java.io.IOException;

/** The read entries belong to another history than the stream; the reader has to reconnect. */
public final class OtherHistoryException extends IOException {

  private static final long serialVersionUID = 1L;

  public OtherHistoryException(String message) {
    super(message);
  }
}
