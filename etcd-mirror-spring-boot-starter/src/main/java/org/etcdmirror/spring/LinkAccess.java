package org.etcdmirror.spring;

import java.nio.file.Files;
import java.nio.file.Path;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundles;

/** Who the mirror is to one side, read from its properties. */
final class LinkAccess {

  private final String side;
  private final SideProperties properties;
  private final @Nullable SslBundles bundles;

  /**
   * Reads one side.
   *
   * @param side the full name of its properties, such as {@code etcd-mirror.links.orders.source}
   * @param bundles the SSL bundles of the application; null if it has none
   */
  LinkAccess(String side, SideProperties properties, @Nullable SslBundles bundles) {
    this.side = side;
    this.properties = properties;
    this.bundles = bundles;
  }

  /**
   * Returns the access.
   *
   * @throws LinkPropertyException if half of a pair is missing, or a file cannot be used
   */
  Access get() {
    Access.Builder access = Access.builder();
    addUser(access);
    addCertificates(access);
    Access built = access.build();
    requireUsable(built);
    return built;
  }

  private void addUser(Access.Builder access) {
    String user = properties.user();
    String password = properties.password();
    Path file = properties.passwordFile();
    if (user == null) {
      refuseWithout("user", "password", password);
      refuseWithout("user", "password-file", file);
    } else if (password != null && file != null) {
      throw new LinkPropertyException(
          name("password"), "and password-file are both set", "keep one");
    } else if (password != null) {
      access.user(user, () -> password);
    } else if (file != null) {
      access.user(user, existing("password-file", file));
    } else {
      throw new LinkPropertyException(
          name("password"), "is missing, but a user is set", "set it or password-file");
    }
  }

  private void addCertificates(Access.Builder access) {
    SideProperties.Ssl ssl = properties.ssl();
    if (ssl.bundle() != null) {
      refuseFiles(ssl);
      access.certificates(bundle(ssl.bundle()));
      return;
    }
    if (ssl.caCert() != null) {
      access.caCert(existing("ssl.ca-cert", ssl.caCert()));
    }
    if (ssl.cert() != null && ssl.key() != null) {
      access.certificate(existing("ssl.cert", ssl.cert()), existing("ssl.key", ssl.key()));
    } else {
      refuseWithout("ssl.key", "ssl.cert", ssl.cert());
      refuseWithout("ssl.cert", "ssl.key", ssl.key());
    }
  }

  private void refuseFiles(SideProperties.Ssl ssl) {
    if (ssl.caCert() != null || ssl.cert() != null || ssl.key() != null) {
      throw new LinkPropertyException(
          name("ssl.bundle"), "is set, and files are as well", "keep the bundle or the files");
    }
  }

  private BundleCertificates bundle(String bundle) {
    if (bundles == null || !bundles.getBundleNames().contains(bundle)) {
      throw new LinkPropertyException(
          name("ssl.bundle"),
          "is '%s', and there is no such SSL bundle".formatted(bundle),
          "define it, for example under spring.ssl.bundle.pem.%s".formatted(bundle));
    }
    return BundleCertificates.of(bundles, bundle);
  }

  private void refuseWithout(String missing, String given, @Nullable Object value) {
    if (value != null) {
      throw new LinkPropertyException(
          name(missing), "is missing, but %s is set".formatted(given), "set both or none");
    }
  }

  private Path existing(String property, Path file) {
    if (!Files.isReadable(file) || !Files.isRegularFile(file)) {
      throw new LinkPropertyException(
          name(property),
          "is '%s', which is not a file that can be read".formatted(file),
          "correct the path, or the rights on the file");
    }
    return file;
  }

  private void requireUsable(Access access) {
    try {
      AccessTls.of(access);
    } catch (IllegalArgumentException e) {
      throw new LinkPropertyException(
          name("ssl"), "cannot be used: " + e.getMessage(), "correct the certificates", e);
    }
  }

  private String name(String property) {
    return side + "." + property;
  }
}
