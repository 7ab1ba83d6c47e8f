package org.etcdmirror.api;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sequence of bytes: a key or a value. Ordered as unsigned bytes, as etcd v3 orders
 * its keys. Safe for use by many threads.
 */
public final class Bytes implements Comparable<Bytes> {

  /** No bytes at all. */
  public static final Bytes EMPTY = new Bytes(new byte[0]);

  private static final int SHOWN = 4 * DisplayText.LIMIT;

  private final byte[] content;
  private int hash;

  private Bytes(byte[] content) {
    this.content = content;
  }

  /** A copy of {@code content}. */
  public static Bytes of(byte[] content) {
    return content.length == 0 ? EMPTY : new Bytes(content.clone());
  }

  /** The UTF-8 encoding of {@code text}. */
  public static Bytes utf8(String text) {
    return text.isEmpty() ? EMPTY : new Bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The number of bytes. */
  public int size() {
    return content.length;
  }

  /** Whether there are no bytes. */
  public boolean isEmpty() {
    return content.length == 0;
  }

  /** The byte at {@code position}, from 0. */
  public byte at(int position) {
    return content[position];
  }

  /** Whether the first bytes of this are {@code prefix}. */
  public boolean startsWith(Bytes prefix) {
    int length = prefix.content.length;
    return length <= content.length && Arrays.equals(content, 0, length, prefix.content, 0, length);
  }

  /** The bytes from {@code start} to the end. */
  public Bytes from(int start) {
    return start == 0 ? this : new Bytes(Arrays.copyOfRange(content, start, content.length));
  }

  /** These bytes followed by those of {@code tail}. */
  public Bytes plus(Bytes tail) {
    requireNonNull(tail, "tail");
    byte[] joined = Arrays.copyOf(content, content.length + tail.content.length);
    System.arraycopy(tail.content, 0, joined, content.length, tail.content.length);
    return new Bytes(joined);
  }

  /**
   * The first bytes behind all that begin with these; {@code null} if there are none, as behind no
   * bytes or behind {@code 0xff}. So the keys of a prefix are a range.
   */
  public @Nullable Bytes prefixEnd() {
    for (int last = content.length - 1; last >= 0; last--) {
      if (content[last] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(content, last + 1);
        end[last]++;
        return new Bytes(end);
      }
    }
    return null;
  }

  /** A copy as an array. */
  public byte[] toByteArray() {
    return content.clone();
  }

  /** Decoded as UTF-8; what is not UTF-8 becomes U+FFFD. */
  public String utf8() {
    return new String(content, StandardCharsets.UTF_8);
  }

  /** The whole text if the bytes are UTF-8, else {@code 0x} and the bytes in hexadecimal. */
  public String textOrHex() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    } catch (CharacterCodingException notText) {
      return "0x" + HexFormat.of().formatHex(content);
    }
  }

  @Override
  public int compareTo(Bytes other) {
    return Arrays.compareUnsigned(content, other.content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    int known = hash;
    if (known == 0) {
      known = Arrays.hashCode(content);
      hash = known;
    }
    return known;
  }

  /**
   * For messages and logs, not for programs: the text if the bytes are UTF-8, else {@code 0x} and
   * the bytes in hexadecimal, cut and escaped. {@link #textOrHex()} gives the whole.
   */
  @Override
  public String toString() {
    // A few more bytes than are shown, so that no character is cut in the middle; the rest of a
    // large value is not decoded.
    if (content.length > SHOWN) {
      return text(Arrays.copyOf(content, SHOWN), content.length);
    }
    return text(content, content.length);
  }

  private static String text(byte[] first, int size) {
    CharBuffer decoded = CharBuffer.allocate(first.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(first), decoded, first.length == size);
    String text =
        result.isError() ? "0x" + HexFormat.of().formatHex(first) : decoded.flip().toString();
    StringBuilder shown = new StringBuilder();
    if (DisplayText.append(shown, text, DisplayText.LIMIT) || first.length < size) {
      shown.append("... (").append(size).append(" bytes)");
    }
    return shown.toString();
  }
}
