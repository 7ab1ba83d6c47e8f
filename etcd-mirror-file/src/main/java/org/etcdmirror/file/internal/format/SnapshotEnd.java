package org.etcdmirror.file.internal.format;

import org.jspecify.annotations.Nullable;

/**
 * The end of a snapshot, which shows that nothing is missing.
 *
 * @param entries how many entries the snapshot has
 * @param writtenAt when it was made, in milliseconds of the wall clock
 * @param storedIn the group that stored the checkpoint; 0 if there is none
 * @param stored the newest checkpoint
 */
public record SnapshotEnd(long entries, long writtenAt, long storedIn, @Nullable Stored stored) {

  /** The payload of the frame. */
  public byte[] encode() {
    Encoder out = new Encoder();
    out.number(entries).number(writtenAt).number(storedIn);
    if (stored != null) {
      stored.encode(out);
    }
    return out.take();
  }

  /** Reads a payload. */
  public static SnapshotEnd decode(byte[] payload) {
    Decoder in = new Decoder(payload);
    long entries = in.number64();
    long writtenAt = in.number64();
    long storedIn = in.number64();
    return new SnapshotEnd(entries, writtenAt, storedIn, in.hasMore() ? Stored.decode(in) : null);
  }
}
