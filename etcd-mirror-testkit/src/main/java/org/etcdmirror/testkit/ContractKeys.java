package org.etcdmirror.testkit;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Bytes;

/** Keys that contract tests use. */
final class ContractKeys {

  /** Segments that fail if code encodes or compares them carelessly. */
  static final List<String> ODD =
      List.of(
          "a b", "a+b", "a%b", "a%20b", "a?b", "a#b", "a&b=c", "a;b", "a:b", "a\\b", "a\"b", "a'b",
          "<a>", "ключ", "鍵", "😀", "é", "e\u0301");

  private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());

  private ContractKeys() {}

  /** A prefix under which there is nothing. */
  static String freshPrefix() {
    return "/contract-" + Long.toString(NUMBER.incrementAndGet(), Character.MAX_RADIX);
  }

  /** Text of this many bytes. */
  static Bytes text(int size) {
    return Bytes.utf8("0123456789abcdef".repeat(size / 16 + 1).substring(0, size));
  }
}
