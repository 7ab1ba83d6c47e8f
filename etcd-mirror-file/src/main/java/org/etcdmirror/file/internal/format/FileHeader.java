package org.etcdmirror.file.internal.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.file.internal.disk.DiskFile;

/**
 * The first bytes of each file.
 *
 * @param kind a log or a snapshot
 * @param keyModel how the keys are named
 * @param group the first group of a log, the last one of a snapshot
 */
public record FileHeader(Kind kind, KeyModel keyModel, long group) {

  /** What a file holds. */
  public enum Kind {
    /** Groups of changes. */
    LOG,
    /** The state after a group, sorted by key. */
    SNAPSHOT
  }

  /** The number of bytes. */
  public static final int BYTES = 32;

  private static final long MAGIC = 0x6574_6364_6d69_720aL; // "etcdmir\n"
  private static final int VERSION = 1;
  private static final int CRC_AT = BYTES - 4;

  /** The header as bytes. */
  public ByteBuffer encode() {
    byte[] header = new byte[BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(header);
    bytes.putInt(VERSION).putLong(MAGIC);
    bytes.put((byte) (kind == Kind.LOG ? 'L' : 'S'));
    bytes.put((byte) (keyModel == KeyModel.PATHS ? 'P' : 'B'));
    bytes.putShort((short) 0).putLong(group).putInt(0);
    bytes.putInt(crc(header));
    return bytes.flip();
  }

  /**
   * Reads the header of a file.
   *
   * @param path for messages
   * @throws PermanentException if it is damaged, or was made by a newer program
   */
  public static FileHeader read(DiskFile file, String path) throws IOException {
    byte[] header = new byte[BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(header);
    if (file.read(bytes, 0) < BYTES) {
      throw new Damage(path, 0, "the header is cut short");
    }
    int version = bytes.flip().getInt();
    if (bytes.getLong() != MAGIC) {
      throw new Damage(path, 0, "this is no file of a dump");
    }
    if (version != VERSION) {
      throw new PermanentException(
          "dump has format version %d: '%s'; this program reads version %d, so use a newer one"
              .formatted(version, path, VERSION));
    }
    Kind kind = bytes.get() == 'L' ? Kind.LOG : Kind.SNAPSHOT;
    KeyModel keyModel = bytes.get() == 'P' ? KeyModel.PATHS : KeyModel.BYTES;
    bytes.getShort();
    long group = bytes.getLong();
    if (bytes.getInt(CRC_AT) != crc(header)) {
      throw new Damage(path, 0, "the checksum of the header is wrong");
    }
    return new FileHeader(kind, keyModel, group);
  }

  private static int crc(byte[] header) {
    CRC32C crc = new CRC32C();
    crc.update(header, 0, CRC_AT);
    return (int) crc.getValue();
  }
}
