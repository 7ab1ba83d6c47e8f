package org.etcdmirror.customsink;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * The end of an audit file: the last batch that is whole. What stands behind it was being written
 * when the process ended; its events come again.
 *
 * @param end where the last whole batch ends
 * @param batch the events of that batch, which may come again as well: it may have ended before the
 *     index was stored
 */
record AuditTail(long end, Set<String> batch) {

  private static final int FIRST_WINDOW = 64 * 1024;

  /** A line, and where it ends in the file. */
  private record Placed(AuditLine line, long end) {}

  /**
   * Reads as much from the end as is needed.
   *
   * @throws PermanentException if it is no audit file: nothing of it is to be cut then
   */
  static AuditTail read(Path file, FileChannel channel) throws IOException {
    long size = channel.size();
    for (long window = FIRST_WINDOW; ; window *= 2) {
      long begin = Math.max(0, size - window);
      AuditTail found = find(lines(file, channel, begin, size), begin == 0);
      if (found != null) {
        return found;
      }
    }
  }

  /** Null if the window does not reach back far enough. */
  private static @Nullable AuditTail find(List<Placed> lines, boolean fromTheBeginning) {
    int last = lines.size() - 1;
    while (last >= 0 && !lines.get(last).line().isLast()) {
      last--;
    }
    if (last < 0) {
      return fromTheBeginning ? new AuditTail(0, Set.of()) : null;
    }
    int first = last + 1 - lines.get(last).line().of();
    if (first < 0 && !fromTheBeginning) {
      return null;
    }
    Set<String> batch = new HashSet<>();
    for (Placed placed : lines.subList(Math.max(0, first), last + 1)) {
      batch.add(placed.line().identity());
    }
    return new AuditTail(lines.get(last).end(), batch);
  }

  /** The whole lines of a part of the file. */
  private static List<Placed> lines(Path file, FileChannel channel, long begin, long end)
      throws IOException {
    ByteBuffer part = ByteBuffer.allocate(Math.toIntExact(end - begin));
    while (part.hasRemaining() && channel.read(part, begin + part.position()) >= 0) {}
    byte[] bytes = part.array();
    List<Placed> lines = new ArrayList<>();
    int from = begin == 0 ? 0 : next(bytes, 0);
    for (int to = next(bytes, from); to > 0; from = to, to = next(bytes, from)) {
      lines.add(new Placed(parse(file, new String(bytes, from, to - from - 1, UTF_8)), begin + to));
    }
    if (begin == 0 && lines.isEmpty()) {
      refuseForeign(file, new String(bytes, UTF_8));
    }
    return lines;
  }

  /** The place behind the next newline, or -1. */
  private static int next(byte[] bytes, int from) {
    for (int i = Math.max(0, from); i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private static AuditLine parse(Path file, String line) {
    try {
      return AuditLine.parse(line);
    } catch (IOException e) {
      throw notOurs(file, e);
    }
  }

  /** A file of one torn line is ours only if it begins so. */
  private static void refuseForeign(Path file, String torn) {
    String ours = "{\"time\":\"";
    if (!torn.startsWith(ours) && !ours.startsWith(torn)) {
      throw notOurs(file, null);
    }
  }

  private static PermanentException notOurs(Path file, @Nullable IOException cause) {
    return new PermanentException(
        file + " has lines that are not of an audit; nothing was written to it", cause);
  }
}
