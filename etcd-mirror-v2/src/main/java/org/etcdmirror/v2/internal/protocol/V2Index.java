package org.etcdmirror.v2.internal.protocol;

import org.etcdmirror.api.internal.DisplayText;

/**
 * Checks whether a number can be an index of etcd v2. An impossible number is a transport error: if
 * it were stored, no later event would be newer.
 */
public final class V2Index {

  /** At a million changes a second it takes 285 years to get there. */
  static final long MOST = 1L << 53;

  private static final int MOST_DIGITS = 19;

  private V2Index() {}

  /** Whether a server may have counted to it. */
  static boolean isPossible(long index) {
    return index >= 0 && index <= MOST;
  }

  /**
   * A whole number in decimal digits.
   *
   * @param name what it is called, for the message
   * @throws V2ProtocolException if it is none, or beyond what a long holds
   */
  static long number(String name, String text) throws V2ProtocolException {
    if (text.length() <= MOST_DIGITS + 1) {
      try {
        return Long.parseLong(text);
      } catch (NumberFormatException noNumber) {
        // It is said below.
      }
    }
    throw new V2ProtocolException("%s is not a number: '%s'".formatted(name, DisplayText.of(text)));
  }

  /**
   * An index in decimal digits.
   *
   * @throws V2ProtocolException if it is none, or one that no server has counted to
   */
  public static long of(String name, String text) throws V2ProtocolException {
    long index = number(name, text);
    if (!isPossible(index)) {
      throw new V2ProtocolException("%s is not a possible index: %d".formatted(name, index));
    }
    return index;
  }
}
