package org.etcdmirror.v2;

import java.io.IOException;
import okhttp3.HttpUrl;

/**
 * An endpoint knows nothing of etcd v2: a member without {@code --enable-v2}, or a proxy that is
 * being set up anew. Nothing was done there. It says nothing of the other endpoints, so it is final
 * only where none of them ever worked.
 */
final class V2NoApiException extends IOException {

  private static final long serialVersionUID = 1L;

  V2NoApiException(String message) {
    super(message);
  }

  static V2NoApiException grpcOnly(HttpUrl endpoint) {
    return new V2NoApiException(
        "%s speaks gRPC alone, and no etcd v2: name the address of etcd's --listen-client-http-urls"
            .formatted(V2Endpoints.text(endpoint)));
  }
}
