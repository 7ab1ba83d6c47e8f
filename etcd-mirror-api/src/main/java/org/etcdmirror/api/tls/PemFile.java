package org.etcdmirror.api.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a PEM file. Whatever stands between them is skipped, as everybody does. */
final class PemFile {

  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ");
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private final List<Block> blocks;

  private record Block(String label, String body) {

    byte[] der() throws GeneralSecurityException {
      try {
        return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("its " + label + " is not base64", e);
      }
    }
  }

  private PemFile(List<Block> blocks) {
    this.blocks = blocks;
  }

  /** Reads a file. A file that is still being written usually has a block without an end. */
  static PemFile read(Path file) throws IOException, GeneralSecurityException {
    String text = new String(CredentialFile.read(file), StandardCharsets.ISO_8859_1);
    List<Block> blocks = new ArrayList<>();
    Matcher found = BLOCK.matcher(text);
    while (found.find()) {
      blocks.add(new Block(found.group(1), found.group(2)));
    }
    if (BEGIN.matcher(text).results().count() != blocks.size()) {
      throw new GeneralSecurityException("it is cut off");
    }
    return new PemFile(blocks);
  }

  /** At least one, in the file's order. */
  List<X509Certificate> certificates() throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label.equals("CERTIFICATE")) {
        certificates.add(certificate(factory, block.der()));
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("it holds no certificate");
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(CertificateFactory factory, byte[] der)
      throws GeneralSecurityException {
    try {
      return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw new GeneralSecurityException("it holds a certificate that cannot be parsed", e);
    }
  }

  /**
   * The private key, in any of the three forms that tools write: PKCS#8, PKCS#1 (RSA) or SEC1 (EC).
   *
   * @param publicKey its other half, which tells the algorithm
   */
  PrivateKey privateKey(PublicKey publicKey) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance(publicKey.getAlgorithm());
    for (Block block : blocks) {
      if (block.label.equals("ENCRYPTED PRIVATE KEY") || block.body.contains("ENCRYPTED")) {
        throw new GeneralSecurityException("its key is encrypted");
      }
      // Others may come before it, as the EC PARAMETERS that openssl writes.
      if (block.label.equals("PRIVATE KEY")) {
        return key(factory, block.der());
      }
      if (block.label.equals("RSA PRIVATE KEY") || block.label.equals("EC PRIVATE KEY")) {
        return key(factory, Der.pkcs8(Der.algorithm(publicKey.getEncoded()), block.der()));
      }
    }
    throw new GeneralSecurityException("it holds no private key");
  }

  private static PrivateKey key(KeyFactory factory, byte[] pkcs8) throws GeneralSecurityException {
    try {
      return factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (InvalidKeySpecException e) {
      throw new GeneralSecurityException(
          "its key is not the %s key that the certificate is for".formatted(factory.getAlgorithm()),
          e);
    }
  }
}
