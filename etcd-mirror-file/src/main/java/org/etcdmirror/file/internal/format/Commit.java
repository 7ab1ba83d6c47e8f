package org.etcdmirror.file.internal.format;

import org.jspecify.annotations.Nullable;

/**
 * The end of a group. Without it, nothing of the group counts.
 *
 * @param frames how many frames of changes the group has
 * @param writtenAt when it was written, in milliseconds of the wall clock
 * @param stored the checkpoint that was stored with the group; null if it changed none
 */
public record Commit(int frames, long writtenAt, @Nullable Stored stored) {

  /** The payload of the frame. */
  public byte[] encode() {
    Encoder out = new Encoder();
    out.number(frames).number(writtenAt).number((byte) (stored == null ? 0 : 1));
    if (stored != null) {
      stored.encode(out);
    }
    return out.take();
  }

  /** Reads a payload. */
  public static Commit decode(byte[] payload) {
    Decoder in = new Decoder(payload);
    int frames = in.number32();
    long writtenAt = in.number64();
    return new Commit(frames, writtenAt, in.number8() == 0 ? null : Stored.decode(in));
  }
}
