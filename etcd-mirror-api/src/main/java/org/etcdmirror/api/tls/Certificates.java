package org.etcdmirror.api.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Certificates and a key that are not in files.
 *
 * @param trusted whom to believe; null for those of the JDK
 * @param chain what to show, the own certificate first; empty for nothing
 * @param key the private key of the first of {@code chain}; null if that is empty
 */
public record Certificates(
    @Nullable List<X509Certificate> trusted,
    List<X509Certificate> chain,
    @Nullable PrivateKey key) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if there is a certificate without a key, a key without a
   *     certificate, or an empty list to trust
   */
  public Certificates {
    trusted = trusted == null ? null : List.copyOf(trusted);
    chain = List.copyOf(chain);
    if (chain.isEmpty() != (key == null)) {
      throw new IllegalArgumentException("certificate or key is missing; give both or none");
    }
    if (trusted != null && trusted.isEmpty()) {
      throw new IllegalArgumentException(
          "no certificate is trusted; give one, or null for those of the JDK");
    }
  }

  /** Without the key. */
  @Override
  public String toString() {
    return chain.isEmpty()
        ? "certificates to trust"
        : "certificate of " + chain.get(0).getSubjectX500Principal();
  }
}
