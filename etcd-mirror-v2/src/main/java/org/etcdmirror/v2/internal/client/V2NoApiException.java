package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;
import org.etcdmirror.v2.internal.connection.V2Endpoints;

/**
 * An endpoint knows nothing of etcd v2: a member without {@code --enable-v2}, or a proxy that is
 * being set up anew. Nothing was done there. It says nothing of the other endpoints, so it is final
 * at once only where none of them ever worked, and one of them is an etcd for certain.
 */
public final class V2NoApiException extends V2RefusedException {

  private static final long serialVersionUID = 1L;

  private final String said;

  /**
   * An endpoint without v2.
   *
   * @param byEtcd whether an etcd is there for certain
   */
  V2NoApiException(String message, boolean byEtcd) {
    this(message, byEtcd, message);
  }

  private V2NoApiException(String message, boolean byEtcd, String said) {
    super(message, byEtcd, null);
    this.said = said;
  }

  /** The texts of all endpoints without v2. */
  static String said(List<IOException> failures) {
    return failures.stream()
        .map(failure -> ((V2NoApiException) failure).said)
        .collect(Collectors.joining("; "));
  }

  @Override
  V2NoApiException with(String note) {
    return new V2NoApiException(getMessage() + note, isByEtcd(), said);
  }

  static V2NoApiException grpcOnly(HttpUrl endpoint) {
    return new V2NoApiException(
        "%s: serves only gRPC, not etcd v2; name an address of etcd's --listen-client-http-urls"
            .formatted(V2Endpoints.text(endpoint)),
        true);
  }
}
