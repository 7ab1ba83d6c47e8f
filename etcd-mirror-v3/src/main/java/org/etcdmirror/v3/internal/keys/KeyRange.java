package org.etcdmirror.v3.internal.keys;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.DisplayText;

/** Keys from one up to, but not including, another, as etcd spells it. */
public record KeyRange(ByteString from, ByteString end) {

  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);

  /** The end of a range that has none. */
  public static final ByteString TO_THE_END = ZERO;

  /** The first key that can be. */
  public static final ByteString FIRST_KEY = ZERO;

  /** Everything that begins with the prefix. */
  public static KeyRange of(Bytes prefix) {
    return new KeyRange(
        prefix.isEmpty() ? FIRST_KEY : ByteString.copyFrom(prefix.toByteArray()), endOf(prefix));
  }

  /** A key alone. */
  public static KeyRange single(ByteString key) {
    return new KeyRange(key, ByteString.EMPTY);
  }

  /** One range for each prefix. */
  public static List<KeyRange> of(List<Bytes> prefixes) {
    return prefixes.stream().map(KeyRange::of).toList();
  }

  /** The smallest range with all the prefixes in it. */
  public static KeyRange covering(List<Bytes> prefixes) {
    List<Bytes> sorted = prefixes.stream().sorted().toList();
    // Prefixes do not overlap, so that the last one also ends last.
    return new KeyRange(of(sorted.get(0)).from, endOf(sorted.get(sorted.size() - 1)));
  }

  private static ByteString endOf(Bytes prefix) {
    Bytes end = prefix.prefixEnd();
    return end == null ? ZERO : ByteString.copyFrom(end.toByteArray());
  }

  /** Whether a key lies in it. */
  public boolean contains(ByteString key) {
    return Wire.compare(key, from) >= 0 && (end.equals(ZERO) || Wire.compare(key, end) < 0);
  }

  /** The key right after another. */
  public static ByteString after(ByteString key) {
    return key.concat(ZERO);
  }

  /** Whether it is everything that begins with its first key. */
  public boolean isPrefix() {
    return equals(of(Wire.bytes(from)));
  }

  /** The keys, for a message. */
  public String describe() {
    if (end.isEmpty()) {
      return "key '%s'".formatted(shown(from));
    }
    if (isPrefix()) {
      return "prefix '%s'".formatted(shown(from));
    }
    return equals(of(Bytes.EMPTY))
        ? "all keys"
        : "the range from '%s' to '%s'".formatted(shown(from), shown(end));
  }

  private static String shown(ByteString key) {
    return DisplayText.of(Wire.bytes(key));
  }
}
