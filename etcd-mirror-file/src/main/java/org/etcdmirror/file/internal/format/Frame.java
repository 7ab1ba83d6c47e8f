package org.etcdmirror.file.internal.format;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * A record: its length, its checksum, and what it belongs to. All frames of a group have the number
 * of the attempt that wrote it, so that what an attempt before left behind is never mixed in.
 *
 * @param kind what the payload is
 * @param group the number of the group of changes
 * @param attempt a random number
 * @param payload the content
 */
@SuppressWarnings("ArrayRecordComponent") // Frames are not compared, and payloads are large.
public record Frame(byte kind, long group, long attempt, byte[] payload) {

  /** The payload is {@link Change changes}. */
  public static final byte CHANGES = 'E';

  /** The payload is a {@link Commit}, which ends a group. */
  public static final byte COMMIT = 'C';

  /** The payload is a {@link SnapshotEnd}, which ends a snapshot. */
  public static final byte END = 'Z';

  /** The number of bytes before the payload. */
  public static final int HEAD = 29;

  /** The first four bytes of each frame. */
  static final int MAGIC = 0x454d_4652; // "EMFR"

  /** More is not written, so that a damaged length does not exhaust the memory. */
  static final int MOST_BYTES = 1 << 30;

  private static final int CRC_AT = 8;
  private static final int BEHIND_CRC = 12;

  /** The number of bytes in a file. */
  public long size() {
    return (long) HEAD + payload.length;
  }

  /** The frame as bytes. */
  public ByteBuffer encode() {
    ByteBuffer bytes = ByteBuffer.allocate(HEAD + payload.length);
    bytes.putInt(MAGIC).putInt(payload.length).putInt(0).putLong(group).putLong(attempt).put(kind);
    bytes.put(payload);
    return bytes.putInt(CRC_AT, crc(bytes.array())).flip();
  }

  /** Whether these bytes, which are as many as the frame's length says, are a whole frame. */
  static boolean isWhole(byte[] frame) {
    return ByteBuffer.wrap(frame).getInt(CRC_AT) == crc(frame);
  }

  /** The frame that these bytes are. */
  static Frame decode(byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame).position(BEHIND_CRC);
    long group = bytes.getLong();
    long attempt = bytes.getLong();
    byte kind = bytes.get();
    byte[] payload = new byte[bytes.remaining()];
    bytes.get(payload);
    return new Frame(kind, group, attempt, payload);
  }

  /** Of the length and of all behind the checksum. */
  private static int crc(byte[] frame) {
    CRC32C crc = new CRC32C();
    crc.update(frame, 4, 4);
    crc.update(frame, BEHIND_CRC, frame.length - BEHIND_CRC);
    return (int) crc.getValue();
  }
}
