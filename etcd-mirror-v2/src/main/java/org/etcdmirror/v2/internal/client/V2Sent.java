package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;

/** Records how far one request to one endpoint came. Written by the thread that sends it. */
final class V2Sent {

  private volatile boolean begun;
  private volatile int status;

  /** From now on bytes of the request may have left. */
  void begun() {
    begun = true;
  }

  /** The head of the answer came. */
  void answered(int httpStatus) {
    status = httpStatus;
  }

  /**
   * Whether what was asked for may have been done, or may still be done, though the request failed.
   * It cannot if no byte of it was sent, as where a connection is refused, or if the answer is a
   * refusal. A redirect is one too, because it is not followed.
   */
  boolean leavesUnknown(IOException failure) {
    boolean refused =
        failure instanceof V2ErrorException error
            ? error.isRefusal()
            : failure instanceof V2RefusedException || (status >= 300 && status < 500);
    return begun && !refused;
  }
}
