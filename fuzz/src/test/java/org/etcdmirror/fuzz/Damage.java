package org.etcdmirror.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Damages bytes at a few places: changes, removes, repeats and adds some. */
final class Damage {

  private static final int MOST_PLACES = 4;
  private static final int MOST_BYTES = 16;

  private final SplittableRandom random;
  private final List<byte[]> pieces;

  /**
   * Damages by random choices.
   *
   * @param pieces what may be added; at least one
   */
  Damage(SplittableRandom random, List<byte[]> pieces) {
    this.random = random;
    this.pieces = pieces;
  }

  byte[] of(byte[] valid) {
    byte[] damaged = valid;
    for (int i = random.nextInt(MOST_PLACES); i >= 0; i--) {
      damaged = once(damaged);
    }
    return damaged;
  }

  private byte[] once(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(MOST_BYTES));
    byte[] piece = pieces.get(random.nextInt(pieces.size()));
    return switch (random.nextInt(6)) {
      case 0 -> joined(bytes, from, new byte[0], to);
      case 1 -> joined(bytes, from, piece, from);
      case 2 -> joined(bytes, from, piece, to);
      case 3 -> joined(bytes, to, Arrays.copyOfRange(bytes, from, to), to);
      case 4 -> Arrays.copyOf(bytes, from);
      default -> bitFlipped(bytes, from);
    };
  }

  /** What is before {@code end}, then the piece, then what begins at {@code start}. */
  private static byte[] joined(byte[] bytes, int end, byte[] piece, int start) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, end);
    out.writeBytes(piece);
    out.write(bytes, start, bytes.length - start);
    return out.toByteArray();
  }

  private byte[] bitFlipped(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    if (at < changed.length) {
      changed[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return changed;
  }
}
