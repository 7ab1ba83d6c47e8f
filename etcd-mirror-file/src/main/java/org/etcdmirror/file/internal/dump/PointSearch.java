package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.util.Collection;
import java.util.NavigableSet;
import java.util.function.Consumer;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.format.Damage;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.format.SnapshotEnd;
import org.etcdmirror.file.internal.format.Stored;
import org.etcdmirror.file.internal.log.Group;
import org.etcdmirror.file.internal.log.Groups;
import org.jspecify.annotations.Nullable;

/** Finds the points of a dump. Holds none but those that it was asked for. */
public final class PointSearch {

  private final Disk disk;

  /** Searches a dump. */
  public PointSearch(Disk disk) {
    this.disk = disk;
  }

  /**
   * Finds the newest point.
   *
   * @throws Damage if it cannot be read; the message says which one can
   * @throws PermanentException if there is none
   */
  public Point newest() throws IOException {
    Collection<String> names = disk.names();
    try {
      return newest(names);
    } catch (Damage e) {
      throw e.withRest(newestWhole(names));
    }
  }

  private String newestWhole(Collection<String> names) {
    Newest whole = new Newest();
    try {
      visitWhatIsWhole(names, whole);
    } catch (IOException e) {
      return "the rest cannot be read now: " + e.getMessage();
    }
    return whole.point == null
        ? "no index can be read"
        : "the newest index that can be read is " + whole.point.index();
  }

  private Point newest(Collection<String> names) throws IOException {
    NavigableSet<Long> snapshots = FileNames.snapshots(names);
    Newest newest = new Newest();
    if (!snapshots.isEmpty()) {
      visit(names, snapshots.last(), newest);
    }
    if (newest.point == null) {
      visit(names, oldestBase(names), newest);
    }
    if (newest.point == null) {
      throw new PermanentException(
          "dump holds no complete state: '%s'; let the mirror that writes it finish its first copy"
              .formatted(disk.path()));
    }
    return newest.point;
  }

  /**
   * Finds the last point of an index.
   *
   * @throws Damage if there is none in what can be read
   * @throws PermanentException if there is none
   */
  public Point at(long index) throws IOException {
    Collection<String> names = disk.names();
    Nearest nearest = new Nearest(index);
    Damage damage = visitWhatIsWhole(names, nearest);
    if (nearest.point == null) {
      if (damage != null) {
        throw damage.withRest(
            "index %d is not recorded in the rest: %s".formatted(index, nearest.describe()));
      }
      throw new PermanentException(
          "index %d is not recorded in dump '%s': %s"
              .formatted(index, disk.path(), nearest.describe()));
    }
    return fromNearestBase(names, nearest.point);
  }

  /**
   * The same with the newest snapshot before it whose end is whole: less of the log is read then.
   */
  private Point fromNearestBase(Collection<String> names, Point found) throws IOException {
    for (long base : FileNames.snapshots(names).headSet(found.group(), true).descendingSet()) {
      if (base <= found.base()) {
        break;
      }
      try {
        SnapshotEnd unused = new SnapshotFiles(disk).end(base);
        return new Point(base, found.group(), found.stored());
      } catch (Damage e) {
        // An older one and the log behind it make the same state.
      }
    }
    return found;
  }

  /** The group with which the readable history begins: 0 if nothing was removed yet. */
  static long oldestBase(Collection<String> names) {
    NavigableSet<Long> snapshots = FileNames.snapshots(names);
    return FileNames.logs(names).containsKey(1L) || snapshots.isEmpty() ? 0 : snapshots.first();
  }

  /** What is before damage, and what is behind the next snapshot; returns the damage. */
  private @Nullable Damage visitWhatIsWhole(Collection<String> names, Consumer<Point> visitor)
      throws IOException {
    NavigableSet<Long> bases = FileNames.snapshots(names);
    bases.add(oldestBase(names));
    Damage damage = null;
    for (long base : bases) {
      try {
        visit(names, base, visitor);
        return damage;
      } catch (Damage e) {
        damage = e;
      }
    }
    return damage;
  }

  private void visit(Collection<String> names, long base, Consumer<Point> visitor)
      throws IOException {
    if (base > 0) {
      SnapshotEnd end = new SnapshotFiles(disk).end(base);
      if (end.storedIn() == base) {
        visit(base, base, end.stored(), visitor);
      }
    }
    try (Groups groups = new Groups(disk, names, base)) {
      for (Group next = groups.next(); next != null; next = groups.next()) {
        visit(base, next.number(), next.commit().stored(), visitor);
      }
    }
  }

  private static void visit(
      long base, long group, @Nullable Stored stored, Consumer<Point> visitor) {
    if (stored != null && stored.isLevel()) {
      visitor.accept(new Point(base, group, stored));
    }
  }

  private static final class Newest implements Consumer<Point> {
    private @Nullable Point point;

    @Override
    public void accept(Point next) {
      point = next;
    }
  }

  private static final class Nearest implements Consumer<Point> {
    private final long index;
    private @Nullable Point point;
    private @Nullable Long below;
    private @Nullable Long above;

    Nearest(long index) {
      this.index = index;
    }

    @Override
    public void accept(Point next) {
      long found = next.index();
      if (found == index) {
        point = next;
      } else if (found < index) {
        below = below == null ? found : Math.max(below, found);
      } else {
        above = above == null ? found : Math.min(above, found);
      }
    }

    String describe() {
      if (below == null && above == null) {
        return "no index is recorded; let the mirror that writes it finish its first copy";
      } else if (below == null) {
        return "the oldest recorded index is " + above;
      } else if (above == null) {
        return "the newest recorded index is " + below;
      }
      return "the nearest recorded indexes are %d and %d".formatted(below, above);
    }
  }
}
