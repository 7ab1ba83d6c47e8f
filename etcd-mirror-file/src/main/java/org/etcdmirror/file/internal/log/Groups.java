package org.etcdmirror.file.internal.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.NavigableMap;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.FileNames;
import org.jspecify.annotations.Nullable;

/** Reads the groups after one, through all logs. */
public final class Groups implements Closeable {

  private final Disk disk;
  private final long after;
  private final Deque<String> left = new ArrayDeque<>();
  private @Nullable LogReader log;

  /**
   * Opens the logs.
   *
   * @param names the files of the dump
   * @param after the last group that is not wanted
   */
  public Groups(Disk disk, Collection<String> names, long after) {
    this.disk = disk;
    this.after = after;
    NavigableMap<Long, String> logs = FileNames.logs(names);
    Long first = logs.floorKey(after + 1);
    if (first != null) {
      left.addAll(logs.tailMap(first).values());
    } else if (!logs.isEmpty()) {
      throw new Damage(
          disk.path(FileNames.log(after + 1)), 0, "the file is missing, and later logs are there");
    }
  }

  /** The next group; null after the last one. */
  public @Nullable Group next() throws IOException {
    while (log != null || !left.isEmpty()) {
      LogReader current = log;
      if (current == null) {
        String name = left.remove();
        current = new LogReader(disk, name, left.isEmpty());
        log = current;
      }
      Group group = current.next();
      if (group == null) {
        leave(current);
      } else if (group.number() > after) {
        return group;
      }
    }
    return null;
  }

  private void leave(LogReader finished) throws IOException {
    finished.close();
    log = null;
    if (!left.isEmpty() && !left.element().equals(FileNames.log(finished.nextGroup()))) {
      throw new Damage(
          disk.path(FileNames.log(finished.nextGroup())),
          0,
          "the file is missing, and '%s' is there".formatted(left.element()));
    }
  }

  @Override
  public void close() throws IOException {
    LogReader current = log;
    if (current != null) {
      current.close();
    }
  }
}
