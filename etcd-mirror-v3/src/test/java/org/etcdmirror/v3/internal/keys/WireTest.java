package org.etcdmirror.v3.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {

  private static final Comparator<ByteString> THEIRS =
      ByteString.unsignedLexicographicalComparator();

  private static final List<ByteString> KEYS =
      List.of(
          ByteString.EMPTY,
          bytes(0),
          bytes('a'),
          bytes('a', 0),
          bytes('a', 'b'),
          bytes('b'),
          bytes(0x7f),
          bytes(0x80),
          bytes(0xff),
          bytes(0xff, 0xff),
          bytes('x', 'a', 'b', 'c').substring(1));

  private static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  @Test
  void keysAreOrderedByTheirUnsignedBytes() {
    for (ByteString one : KEYS) {
      for (ByteString other : KEYS) {
        assertThat(Integer.signum(Wire.compare(one, other)))
            .as("%s and %s", one, other)
            .isEqualTo(Integer.signum(THEIRS.compare(one, other)));
      }
    }
  }
}
