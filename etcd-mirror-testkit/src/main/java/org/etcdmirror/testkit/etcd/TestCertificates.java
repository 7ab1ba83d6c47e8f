package org.etcdmirror.testkit.etcd;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import okhttp3.tls.HeldCertificate;

/**
 * An authority for tests and the certificates that it signed, as PEM files in a directory. A new
 * certificate under the same name replaces the old one, each file in one step, as a careful renewal
 * does it. Not safe for use by many threads.
 */
public final class TestCertificates {

  private static final String[] LOOPBACK = {"localhost", "127.0.0.1"};

  private final Path directory;
  private HeldCertificate authority;

  private TestCertificates(Path directory) {
    this.directory = directory;
    this.authority = authority();
  }

  /**
   * A certificate and its key, in PEM.
   *
   * @param cert the certificate
   * @param key its private key in PKCS#8
   */
  public record Pair(Path cert, Path key) {}

  /** A new authority, valid for a day; its certificate is {@code ca.pem} in the directory. */
  public static TestCertificates in(Path directory) {
    TestCertificates made = new TestCertificates(directory);
    made.write("ca.pem", made.authority.certificatePem());
    return made;
  }

  /** Replaces this authority by another one, which has not signed anything yet. */
  public void newAuthority() {
    authority = authority();
    write("ca.pem", authority.certificatePem());
  }

  private static HeldCertificate authority() {
    return builder("test CA " + UUID.randomUUID(), tomorrow()).certificateAuthority(0).build();
  }

  /** The authority's certificate. */
  public Path caCert() {
    return directory.resolve("ca.pem");
  }

  /** A server's certificate, valid for a day on {@code 127.0.0.1} and {@code localhost}. */
  public Pair server() {
    return issue("server", builder("server", tomorrow()), LOOPBACK);
  }

  /** The same for another host. A running etcd shows it from its next connection on. */
  public Pair serverElsewhere(String host) {
    return issue("server", builder("server", tomorrow()), host);
  }

  /** A client's certificate, valid for a day; etcd takes the name for the user. */
  public Pair client(String commonName) {
    return issue(commonName, builder(commonName, tomorrow()));
  }

  /** A certificate for a given key pair; {@code COMMONNAME.pem} in the directory. */
  public Pair issue(String commonName, KeyPair pair, Instant until) {
    return issue(commonName, builder(commonName, until).keyPair(pair), LOOPBACK);
  }

  private Pair issue(String name, HeldCertificate.Builder builder, String... hosts) {
    for (String host : hosts) {
      builder.addSubjectAlternativeName(host);
    }
    HeldCertificate issued = builder.signedBy(authority).build();
    return new Pair(
        write(name + ".pem", issued.certificatePem()),
        write(name + "-key.pem", issued.privateKeyPkcs8Pem()));
  }

  private static HeldCertificate.Builder builder(String commonName, Instant until) {
    Instant from = Instant.now().minus(Duration.ofHours(1));
    Instant before = until.minus(Duration.ofHours(1));
    return new HeldCertificate.Builder()
        .commonName(commonName)
        .validityInterval(
            (before.isBefore(from) ? before : from).toEpochMilli(), until.toEpochMilli());
  }

  private Path write(String file, String pem) {
    try {
      Path part = Files.writeString(directory.resolve(file + ".part"), pem);
      return Files.move(part, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant tomorrow() {
    return Instant.now().plus(Duration.ofDays(1));
  }
}
