package org.etcdmirror.file.internal.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Commit;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.Frame;
import org.etcdmirror.file.internal.format.FrameReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the groups of one log. A group counts when its commit is there.
 *
 * <p>The newest log may end in a torn group, because a writer was killed: a group is durable before
 * the next one is written, so only the last one can be torn. Everything else that is not a group is
 * damage.
 */
public final class LogReader implements Closeable {

  private final DiskFile file;
  private final String path;
  private final boolean isNewest;
  private final FrameReader frames;
  private long nextGroup;
  private long committedEnd;
  private long lastCommitAt = -1;

  /**
   * Opens a log.
   *
   * @param isNewest whether it may end in a torn group
   */
  public LogReader(Disk disk, String name, boolean isNewest) throws IOException {
    this.file = disk.open(name);
    this.path = disk.path(name);
    this.isNewest = isNewest;
    try {
      this.nextGroup = FileHeader.read(file, path).group();
      this.committedEnd = FileHeader.BYTES;
      this.frames = new FrameReader(file, committedEnd);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The number of the group that comes next. */
  public long nextGroup() {
    return nextGroup;
  }

  /** Where the last group that was read ends. */
  public long committedEnd() {
    return committedEnd;
  }

  /** Where the commit of the last group begins; -1 if there is no group. */
  public long lastCommitAt() {
    return lastCommitAt;
  }

  /**
   * Reads the next group; null after the last one.
   *
   * @throws Damage if something else is there
   */
  public @Nullable Group next() throws IOException {
    List<byte[]> payloads = new ArrayList<>();
    long attempt = 0;
    while (!frames.isAtEnd()) {
      long offset = frames.offset();
      Frame frame = frames.next();
      boolean isFirst = payloads.isEmpty();
      if (frame == null || frame.group() != nextGroup || !(isFirst || frame.attempt() == attempt)) {
        return tornAt(offset, frame);
      }
      attempt = frame.attempt();
      if (frame.kind() == Frame.COMMIT) {
        Commit commit = Commit.decode(frame.payload());
        return commit.frames() == payloads.size()
            ? committed(new Group(nextGroup, attempt, payloads, commit), offset)
            : tornAt(offset, frame);
      }
      payloads.add(frame.payload());
    }
    return payloads.isEmpty() ? null : tornAt(frames.offset(), null);
  }

  private Group committed(Group group, long commitAt) {
    nextGroup++;
    committedEnd = frames.offset();
    lastCommitAt = commitAt;
    return group;
  }

  /** The end of the newest log, unless a later group shows that the torn one once was whole. */
  private @Nullable Group tornAt(long offset, @Nullable Frame found) throws IOException {
    long foundGroup = found == null ? 0 : found.group();
    boolean isLater = foundGroup > nextGroup;
    if (!isNewest || isLater || frames.hasLaterGroup(nextGroup)) {
      throw new Damage(
          path,
          offset,
          isLater
              ? "group %d is missing, and group %d follows".formatted(nextGroup, foundGroup)
              : "there is no whole record of group " + nextGroup);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
