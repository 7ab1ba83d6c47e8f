package org.etcdmirror.api.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.etcdmirror.api.tls.TlsFiles.Identity;
import org.jspecify.annotations.Nullable;

/**
 * Shows the one certificate there is, whichever authorities the server names: it is for the server
 * to say that it does not believe it, and clearer than a certificate that is missing.
 */
final class AccessKeyManager extends X509ExtendedKeyManager {

  private final AccessTls tls;

  AccessKeyManager(AccessTls tls) {
    this.tls = tls;
  }

  private @Nullable String choose(String[] keyTypes) {
    tls.noteCertificateAsked();
    return own(keyTypes);
  }

  private @Nullable String own(String... keyTypes) {
    Identity identity = tls.current().identity();
    return identity != null && List.of(keyTypes).contains(identity.key().getAlgorithm())
        ? identity.alias()
        : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return choose(keyTypes);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return choose(keyTypes);
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = choose(new String[] {keyType});
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    Identity identity = tls.identity(alias);
    return identity == null ? null : identity.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    Identity identity = tls.identity(alias);
    return identity == null ? null : identity.key();
  }

  // The same certificate is for a server of this side, such as that of the service's pages.

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    String alias = own(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return own(keyType);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
    return own(keyType);
  }
}
