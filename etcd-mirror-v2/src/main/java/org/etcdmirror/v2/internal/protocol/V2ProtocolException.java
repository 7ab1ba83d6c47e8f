package org.etcdmirror.v2.internal.protocol;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * An answer that etcd v2 would not give: a proxy's page, half an answer, an unknown action.
 * Transient, because proxies and cut connections are; never a reason to skip.
 */
public final class V2ProtocolException extends IOException {

  private static final long serialVersionUID = 1L;

  public V2ProtocolException(String message) {
    super(message);
  }

  public V2ProtocolException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
