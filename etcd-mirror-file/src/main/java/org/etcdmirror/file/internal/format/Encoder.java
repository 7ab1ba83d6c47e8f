package org.etcdmirror.file.internal.format;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/** Numbers, texts and bytes, one behind the other; numbers with the highest byte first. */
public final class Encoder {

  private static final int NONE = -1;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** The number of bytes so far. */
  public int size() {
    return bytes.size();
  }

  /** What was put, which is forgotten here. */
  public byte[] take() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }

  /** Writes one byte. */
  public Encoder number(byte value) {
    return write(() -> out.writeByte(value));
  }

  /** Writes four bytes. */
  public Encoder number(int value) {
    return write(() -> out.writeInt(value));
  }

  /** Writes eight bytes. */
  public Encoder number(long value) {
    return write(() -> out.writeLong(value));
  }

  /** Writes the length and the bytes. */
  public Encoder bytes(Bytes value) {
    return bytes(value.toByteArray());
  }

  /** Writes a text, or that there is none. */
  public Encoder text(@Nullable String value) {
    return value == null ? number(NONE) : bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  private Encoder bytes(byte[] value) {
    number(value.length);
    return raw(value);
  }

  /** Writes the bytes without their length. */
  public Encoder raw(byte[] value) {
    return write(() -> out.write(value));
  }

  private Encoder write(Step step) {
    try {
      step.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
  }

  private interface Step {
    void run() throws IOException;
  }
}
