package org.etcdmirror.service.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.etcdmirror.api.Bytes;

/** Names a value without showing it: by the start of its SHA-256. */
public final class ValueHash {

  private static final int SHOWN_BYTES = 8;

  private ValueHash() {}

  /** The first 16 hexadecimal digits. */
  public static String of(Bytes value) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(value.toByteArray());
      return HexFormat.of().formatHex(digest, 0, SHOWN_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JDK has SHA-256", e);
    }
  }
}
