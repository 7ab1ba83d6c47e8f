package org.etcdmirror.file.internal.format;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** Reads what an {@link Encoder} wrote. The checksum has shown that the bytes are right. */
public final class Decoder {

  private final ByteBuffer bytes;

  /** Reads these bytes. */
  public Decoder(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /** Whether there is more. */
  public boolean hasMore() {
    return bytes.hasRemaining();
  }

  /** Reads one byte. */
  public byte number8() {
    return bytes.get();
  }

  /** Reads four bytes. */
  public int number32() {
    return bytes.getInt();
  }

  /** Reads eight bytes. */
  public long number64() {
    return bytes.getLong();
  }

  /** Reads the length and the bytes. */
  public Bytes bytes() {
    return Bytes.of(raw(number32()));
  }

  /** Reads a text; null if there is none. */
  public @Nullable String text() {
    int length = number32();
    return length < 0 ? null : new String(raw(length), StandardCharsets.UTF_8);
  }

  private byte[] raw(int length) {
    byte[] raw = new byte[length];
    bytes.get(raw);
    return raw;
  }
}
