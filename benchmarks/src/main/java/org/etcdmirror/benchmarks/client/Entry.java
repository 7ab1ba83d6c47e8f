package org.etcdmirror.benchmarks.client;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** The keys and values of a load: the same for each contestant, and plain letters for both APIs. */
public final class Entry {

  private Entry() {}

  /** The name of a key; the order of the numbers is the order of the names. */
  public static String key(String prefix, long number) {
    return "%s%09d".formatted(prefix, number);
  }

  /** A value of a length; another number has another value. */
  public static String value(long number, int length) {
    byte[] letters = new byte[length];
    new SplittableRandom(number).nextBytes(letters);
    for (int i = 0; i < length; i++) {
      letters[i] = (byte) ('a' + (letters[i] & 15));
    }
    return new String(letters, StandardCharsets.US_ASCII);
  }
}
