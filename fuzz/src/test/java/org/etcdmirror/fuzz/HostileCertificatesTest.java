package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.api.tls.AccessTls;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.TestCertificates.Pair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged certificates and keys are used, or refused with the name of the file. */
class HostileCertificatesTest {

  private static final int ROUNDS = 600;
  private static final int LONGEST = 2_000;
  private static final Pattern HEADER = Pattern.compile("-----[A-Z ]+-----\\s*");

  private static final List<byte[]> TEXTS =
      Stream.of(
              "-----BEGIN CERTIFICATE-----\n",
              "-----END CERTIFICATE-----\n",
              "-----BEGIN PRIVATE KEY-----\n",
              "-----BEGIN RSA PRIVATE KEY-----\n",
              "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
              "=",
              "\n",
              "\0",
              "AAAA",
              "////".repeat(500))
          .map(text -> text.getBytes(US_ASCII))
          .toList();

  /** Lengths and tags of ASN.1. */
  private static final List<byte[]> DER =
      List.of(
          new byte[] {0x30, (byte) 0x84, (byte) 0x7f, -1, -1, -1},
          new byte[] {0x30, (byte) 0x80},
          new byte[] {0x30, 0},
          new byte[] {0x02, 1, 0},
          new byte[] {0x02, 0},
          new byte[] {0x04, (byte) 0x82, -1, -1},
          new byte[] {0x06, 1, (byte) 0x80},
          new byte[] {(byte) 0xff},
          new byte[500]);

  @TempDir private Path directory;

  @Test
  void damagedFileIsUsedOrRefused() throws Exception {
    TestCertificates authority = TestCertificates.in(directory);
    List<Pair> pairs = List.of(authority.client("one"), issued(authority, "RSA"));
    Path ca = directory.resolve("damaged-ca.pem");
    Path cert = directory.resolve("damaged-cert.pem");
    Path key = directory.resolve("damaged-key.pem");
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          Pair pair = pairs.get(random.nextInt(pairs.size()));
          Files.copy(authority.caCert(), ca, StandardCopyOption.REPLACE_EXISTING);
          Files.copy(pair.cert(), cert, StandardCopyOption.REPLACE_EXISTING);
          Files.copy(pair.key(), key, StandardCopyOption.REPLACE_EXISTING);
          Path one = List.of(ca, cert, key).get(random.nextInt(3));
          Files.write(one, damaged(Files.readAllBytes(one), random));
          try {
            assertThat(AccessTls.of(new Access(null, null, ca, cert, key)).problem()).isNull();
          } catch (IllegalArgumentException refused) {
            assertThat(refused.getMessage())
                .containsAnyOf(ca.toString(), cert.toString(), key.toString())
                .doesNotContain("java.", "\n")
                .hasSizeLessThan(LONGEST);
          }
        });
  }

  @Test
  void certificateThatCannotBeParsedIsRefusedInPlainWords() throws IOException {
    Path file = directory.resolve("broken.pem");
    Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assertThatThrownBy(() -> AccessTls.of(Access.builder().caCert(file).build()))
        .hasMessage("cannot use '%s': it holds a certificate that cannot be parsed", file);
  }

  private static Pair issued(TestCertificates authority, String algorithm)
      throws NoSuchAlgorithmException {
    KeyPair pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    return authority.issue("other", pair, Instant.now().plus(Duration.ofDays(1)));
  }

  /** Damages the text, or what the block of the file holds. */
  private static byte[] damaged(byte[] pem, SplittableRandom random) {
    if (random.nextInt(3) == 0) {
      return new Damage(random, TEXTS).of(pem);
    }
    List<String> lines = new ArrayList<>(new String(pem, US_ASCII).lines().toList());
    String first = lines.get(0);
    String last = lines.get(lines.size() - 1);
    String body = HEADER.matcher(String.join("", lines)).replaceAll("");
    byte[] der = new Damage(random, DER).of(Base64.getDecoder().decode(body));
    return "%s\n%s\n%s\n"
        .formatted(first, Base64.getMimeEncoder().encodeToString(der), last)
        .getBytes(US_ASCII);
  }
}
