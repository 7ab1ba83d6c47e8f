package org.etcdmirror.testkit.etcd;

import static org.etcdmirror.testkit.etcd.DerWriter.bits;
import static org.etcdmirror.testkit.etcd.DerWriter.integer;
import static org.etcdmirror.testkit.etcd.DerWriter.octets;
import static org.etcdmirror.testkit.etcd.DerWriter.oid;
import static org.etcdmirror.testkit.etcd.DerWriter.sequence;
import static org.etcdmirror.testkit.etcd.DerWriter.set;
import static org.etcdmirror.testkit.etcd.DerWriter.tagged;
import static org.etcdmirror.testkit.etcd.DerWriter.text;
import static org.etcdmirror.testkit.etcd.DerWriter.time;
import static org.etcdmirror.testkit.etcd.DerWriter.yes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * An authority for tests and the certificates that it signed, as PEM files in a directory. What is
 * made again under the same name takes the place of what was there, each file in one step, as a
 * careful renewal does it. Not safe for use by many threads.
 */
public final class TestCertificates {

  private static final byte[] ECDSA_SHA256 = sequence(oid(1, 2, 840, 10045, 4, 3, 2));

  private static final byte[] LOOPBACK =
      DerWriter.concat(dnsName("localhost"), tagged(0x87, new byte[] {127, 0, 0, 1}));

  private final Path directory;
  private String name = "";
  private KeyPair authority = keyPair();
  private long serial;

  private TestCertificates(Path directory) {
    this.directory = directory;
  }

  /**
   * A certificate and its key, in PEM.
   *
   * @param cert the certificate
   * @param key its private key in PKCS#8
   */
  public record Pair(Path cert, Path key) {}

  /** A new authority, good for a day; its certificate is {@code ca.pem} in the directory. */
  public static TestCertificates in(Path directory) {
    TestCertificates made = new TestCertificates(directory);
    made.newAuthority();
    return made;
  }

  /** Puts another authority in this one's place, which did not sign anything yet. */
  public void newAuthority() {
    name = "test CA " + UUID.randomUUID();
    authority = keyPair();
    byte[] isAuthority = extension(oid(2, 5, 29, 19), sequence(yes()));
    write("ca.pem", "CERTIFICATE", sign(name, authority, tomorrow(), isAuthority));
  }

  /** The authority's certificate. */
  public Path caCert() {
    return directory.resolve("ca.pem");
  }

  /** A server's certificate, good for a day on {@code 127.0.0.1} and {@code localhost}. */
  public Pair server() {
    return issue("server", keyPair(), tomorrow(), LOOPBACK);
  }

  /** The same for another host. An etcd that runs shows it from its next connection on. */
  public Pair serverElsewhere(String host) {
    return issue("server", keyPair(), tomorrow(), dnsName(host));
  }

  /** A client's certificate, good for a day; etcd takes the name for the user. */
  public Pair client(String commonName) {
    return issue(commonName, keyPair(), tomorrow());
  }

  /** A certificate over a key pair of one's own; {@code COMMONNAME.pem} in the directory. */
  public Pair issue(String commonName, KeyPair pair, Instant until) {
    return issue(commonName, pair, until, LOOPBACK);
  }

  private Pair issue(String commonName, KeyPair pair, Instant until, byte[] names) {
    byte[] extension = extension(oid(2, 5, 29, 17), sequence(names));
    write(commonName + "-key.pem", "PRIVATE KEY", pair.getPrivate().getEncoded());
    write(commonName + ".pem", "CERTIFICATE", sign(commonName, pair, until, extension));
    return new Pair(
        directory.resolve(commonName + ".pem"), directory.resolve(commonName + "-key.pem"));
  }

  private byte[] sign(String subject, KeyPair pair, Instant until, byte[] extension) {
    byte[] body =
        sequence(
            tagged(0xa0, integer(2)),
            integer(++serial),
            ECDSA_SHA256,
            commonName(name),
            sequence(time(Instant.now().minus(Duration.ofHours(1))), time(until)),
            commonName(subject),
            pair.getPublic().getEncoded(),
            tagged(0xa3, sequence(extension)));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(authority.getPrivate());
      signature.update(body);
      return sequence(body, ECDSA_SHA256, bits(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] extension(byte[] oid, byte[] content) {
    return sequence(oid, octets(content));
  }

  private static byte[] dnsName(String host) {
    return tagged(0x82, host.getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] commonName(String name) {
    return sequence(set(sequence(oid(2, 5, 4, 3), text(name))));
  }

  private void write(String file, String label, byte[] der) {
    String pem =
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(
                label, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der), label);
    try {
      Path part = Files.writeString(directory.resolve(file + ".part"), pem);
      Files.move(part, directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Instant tomorrow() {
    return Instant.now().plus(Duration.ofDays(1));
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
