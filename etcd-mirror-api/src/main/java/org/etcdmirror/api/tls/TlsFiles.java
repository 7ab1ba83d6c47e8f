package org.etcdmirror.api.tls;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * What the files of an {@link Access} held when they were read, or what its supplier gave.
 *
 * @param stamps what the files looked like before they were read, or what was given
 * @param identity what to show to a server; null for nothing
 * @param trust whom to believe
 * @param caExpires when the first of the trusted certificates expires; null for those of the JDK
 */
record TlsFiles(
    List<?> stamps,
    @Nullable Identity identity,
    X509ExtendedTrustManager trust,
    @Nullable Instant caExpires) {

  /** By which a change shows. A file that was put in another's place has another key. */
  private record Stamp(Path file, FileTime modified, long size, @Nullable Object fileKey) {

    @Override
    public String toString() {
      return file.toString();
    }
  }

  /** A certificate with its chain and key, under a name that nothing else ever has. */
  record Identity(String alias, List<X509Certificate> chain, PrivateKey key) {

    Instant expires() {
      return earliest(chain);
    }
  }

  /** What the files look like now, or what the supplier gives. */
  static List<?> look(Access access) throws IOException {
    return access.certificates() == null ? stamps(access) : List.of(access.certificates().get());
  }

  private static List<Stamp> stamps(Access access) throws IOException {
    List<Path> files =
        Stream.of(access.caCert(), access.cert(), access.key())
            .flatMap(Stream::ofNullable)
            .toList();
    List<Stamp> stamps = new ArrayList<>();
    for (Path file : files) {
      try {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.add(new Stamp(file, found.lastModifiedTime(), found.size(), found.fileKey()));
      } catch (IOException e) {
        throw unreadable(file, e);
      }
    }
    return stamps;
  }

  /**
   * Reads the files, or asks the supplier.
   *
   * @throws IOException if one can't be used; one line names it
   */
  static TlsFiles load(Access access) throws IOException {
    return access.certificates() == null ? read(access) : given(access.certificates().get());
  }

  private static TlsFiles given(Certificates given) throws IOException {
    List<X509Certificate> trusted = given.trusted();
    return new TlsFiles(
        List.of(given),
        identity(given),
        trust(trusted),
        trusted == null ? null : earliest(trusted));
  }

  private static @Nullable Identity identity(Certificates given) throws IOException {
    PrivateKey key = given.key();
    if (key == null) {
      return null;
    }
    try {
      checked(key, given.chain().get(0).getPublicKey());
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use the %s: %s".formatted(given, why(e)), e);
    }
    return new Identity(UUID.randomUUID().toString(), given.chain(), key);
  }

  private static TlsFiles read(Access access) throws IOException {
    List<Stamp> stamps = stamps(access);
    Path ca = access.caCert();
    List<X509Certificate> trusted = ca == null ? null : read(ca, PemFile::certificates);
    return new TlsFiles(
        stamps, identity(access), trust(trusted), trusted == null ? null : earliest(trusted));
  }

  private static @Nullable Identity identity(Access access) throws IOException {
    Path cert = access.cert();
    Path key = access.key();
    if (cert == null || key == null) {
      return null;
    }
    List<X509Certificate> chain = read(cert, PemFile::certificates);
    PublicKey publicKey = chain.get(0).getPublicKey();
    PrivateKey privateKey = read(key, pem -> checked(pem.privateKey(publicKey), publicKey));
    return new Identity(UUID.randomUUID().toString(), chain, privateKey);
  }

  /** A pair that is being replaced has a new half and an old one for a moment. */
  private static PrivateKey checked(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] message = {1, 2, 3};
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(message);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(message);
    if (!signature.verify(signed)) {
      throw new GeneralSecurityException("its key belongs to another certificate");
    }
    return key;
  }

  private static X509ExtendedTrustManager trust(@Nullable List<X509Certificate> trusted)
      throws IOException {
    try {
      KeyStore store = null;
      if (trusted != null) {
        store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < trusted.size(); i++) {
          store.setCertificateEntry(Integer.toString(i), trusted.get(i));
        }
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return found;
        }
      }
      throw new IllegalStateException("this JDK has no trust manager for X.509");
    } catch (GeneralSecurityException e) {
      throw new IOException("the trusted certificates can't be used: " + e.getMessage(), e);
    }
  }

  private static Instant earliest(List<X509Certificate> certificates) {
    return certificates.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Instant::compareTo)
        .orElseThrow();
  }

  @FunctionalInterface
  private interface Reading<T> {
    T of(PemFile pem) throws GeneralSecurityException;
  }

  private static <T> T read(Path file, Reading<T> reading) throws IOException {
    try {
      return reading.of(PemFile.read(file));
    } catch (IOException | GeneralSecurityException e) {
      throw unreadable(file, e);
    }
  }

  private static IOException unreadable(Path file, Exception e) {
    String why = e instanceof NoSuchFileException ? "there is no such file" : why(e);
    return new IOException("cannot use '%s': %s".formatted(file, why), e);
  }

  private static String why(Exception e) {
    // A message may have lines, or only repeat the file's name.
    return e instanceof FileSystemException
        ? "it cannot be read (" + e.getClass().getSimpleName() + ")"
        : String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
  }
}
