package org.etcdmirror.v3;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.net.URI;
import org.etcdmirror.api.Access;

/** How to meet an endpoint: in plain text, or by the certificates that the user named. */
final class V3Tls {

  private V3Tls() {}

  /**
   * Credentials for the channels to an endpoint.
   *
   * @throws IllegalArgumentException if a file can't be used; one line names the files
   */
  static ChannelCredentials credentials(URI endpoint, Access access) {
    if (endpoint.getScheme().equals("http")) {
      return InsecureChannelCredentials.create();
    }
    try {
      TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder();
      if (access.caCert() != null) {
        tls.trustManager(access.caCert().toFile());
      }
      if (access.cert() != null && access.key() != null) {
        tls.keyManager(access.cert().toFile(), access.key().toFile());
      }
      return tls.build();
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot read the certificates for %s: %s".formatted(endpoint, e.getMessage()), e);
    }
  }
}
