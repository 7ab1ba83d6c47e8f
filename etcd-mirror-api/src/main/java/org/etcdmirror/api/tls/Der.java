package org.etcdmirror.api.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/** As much of ASN.1's encoding as it takes to put an old private key into PKCS#8. */
final class Der {

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  private Der() {}

  /** What a public key says of its algorithm: the first thing in it, with its tag and length. */
  static byte[] algorithm(byte[] publicKey) throws GeneralSecurityException {
    try {
      int start = contentStart(publicKey, 0);
      int end = contentStart(publicKey, start) + length(publicKey, start);
      return Arrays.copyOfRange(publicKey, start, end);
    } catch (IndexOutOfBoundsException e) {
      throw new GeneralSecurityException("a public key that is cut off", e);
    }
  }

  /** Version, algorithm, key. */
  static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return wrap(SEQUENCE, VERSION_0, algorithm, wrap(OCTET_STRING, key));
  }

  private static byte[] wrap(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | bytes);
      for (int i = bytes - 1; i >= 0; i--) {
        out.write(length >> (8 * i));
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static int contentStart(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = at + 2; i < contentStart(der, at); i++) {
      length = (length << 8) | (der[i] & 0xff);
    }
    return length;
  }
}
