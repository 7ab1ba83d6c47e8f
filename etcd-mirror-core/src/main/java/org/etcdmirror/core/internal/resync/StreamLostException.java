package org.etcdmirror.core.internal.resync;

import java.io.IOException;

/** The stream that goes with a reading of the source has ended; the reading has to begin anew. */
public final class StreamLostException extends IOException {

  private static final long serialVersionUID = 1L;

  public StreamLostException(String message) {
    super(message);
  }
}
