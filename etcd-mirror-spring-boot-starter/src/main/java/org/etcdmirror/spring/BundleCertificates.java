package org.etcdmirror.spring;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.Certificates;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** What an SSL bundle holds, and what it holds after it was reloaded. */
final class BundleCertificates implements Access.CertificateSupplier {

  private final String name;
  private volatile SslBundle bundle;

  private BundleCertificates(String name, SslBundle bundle) {
    this.name = name;
    this.bundle = bundle;
  }

  static BundleCertificates of(SslBundles bundles, String name) {
    BundleCertificates made = new BundleCertificates(name, bundles.getBundle(name));
    bundles.addBundleUpdateHandler(name, reloaded -> made.bundle = reloaded);
    return made;
  }

  @Override
  public Certificates get() throws IOException {
    try {
      return read(bundle);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IOException(
          "SSL bundle '%s' cannot be read: %s".formatted(name, e.getMessage()), e);
    }
  }

  private static Certificates read(SslBundle bundle) throws GeneralSecurityException {
    KeyStore trusted = bundle.getStores().getTrustStore();
    KeyStore own = bundle.getStores().getKeyStore();
    String alias = own == null ? null : alias(bundle, own);
    return new Certificates(
        trusted == null ? null : trusted(trusted),
        own == null || alias == null ? List.of() : x509(own.getCertificateChain(alias)),
        own == null || alias == null ? null : key(bundle, own, alias));
  }

  private static List<X509Certificate> trusted(KeyStore store) throws GeneralSecurityException {
    List<X509Certificate> found = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.getCertificate(alias) instanceof X509Certificate certificate) {
        found.add(certificate);
      }
    }
    return found;
  }

  /** The alias that the bundle names, or the first key. */
  private static @Nullable String alias(SslBundle bundle, KeyStore store)
      throws GeneralSecurityException {
    String named = bundle.getKey().getAlias();
    if (named != null) {
      return named;
    }
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return alias;
      }
    }
    return null;
  }

  private static List<X509Certificate> x509(Certificate @Nullable [] chain) {
    List<X509Certificate> found = new ArrayList<>();
    for (Certificate one : chain == null ? new Certificate[0] : chain) {
      if (one instanceof X509Certificate certificate) {
        found.add(certificate);
      }
    }
    return found;
  }

  private static @Nullable PrivateKey key(SslBundle bundle, KeyStore store, String alias)
      throws GeneralSecurityException {
    String ofKey = bundle.getKey().getPassword();
    String password = ofKey == null ? bundle.getStores().getKeyStorePassword() : ofKey;
    return store.getKey(alias, password == null ? null : password.toCharArray())
            instanceof PrivateKey key
        ? key
        : null;
  }
}
