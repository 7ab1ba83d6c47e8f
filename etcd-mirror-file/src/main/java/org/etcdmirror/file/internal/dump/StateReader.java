package org.etcdmirror.file.internal.dump;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Change.Kind;
import org.etcdmirror.file.internal.format.FileHeader;
import org.etcdmirror.file.internal.format.FileNames;
import org.etcdmirror.file.internal.log.Group;
import org.etcdmirror.file.internal.log.Groups;
import org.etcdmirror.file.internal.merge.MergedState;
import org.etcdmirror.file.internal.merge.SortedRuns;
import org.jspecify.annotations.Nullable;

/** Reads the state after a group: a snapshot before it, and what happened then. */
public final class StateReader {

  private final Disk disk;
  private final KeyModel keyModel;

  /** Reads a dump with keys of this model. */
  public StateReader(Disk disk, KeyModel keyModel) {
    this.disk = disk;
    this.keyModel = keyModel;
  }

  /** Reads the state at a point. */
  public MergedState at(Collection<String> names, Point point) throws IOException {
    return after(names, point.base() == 0 ? null : point.base(), point.group());
  }

  /**
   * Reads the state, from the newest snapshot before it.
   *
   * @param names the files of the dump
   * @param group the last group that counts; later ones need not exist
   */
  public MergedState after(Collection<String> names, long group) throws IOException {
    return after(names, FileNames.snapshots(names).floor(group), group);
  }

  private MergedState after(Collection<String> names, @Nullable Long base, long group)
      throws IOException {
    SortedRuns later = new SortedRuns(disk);
    try {
      DiskFile snapshot = base == null ? null : disk.open(FileNames.snapshot(base));
      try {
        String path = base == null ? "" : disk.path(FileNames.snapshot(base));
        if (snapshot != null) {
          FileHeader.read(snapshot, path);
        }
        collect(names, base == null ? 0 : base, group, later);
        return new MergedState(keyModel, snapshot, path, later);
      } catch (IOException | RuntimeException e) {
        close(snapshot);
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      later.close();
      throw e;
    }
  }

  private static void close(@Nullable DiskFile file) throws IOException {
    if (file != null) {
      file.close();
    }
  }

  private void collect(Collection<String> names, long after, long last, SortedRuns into)
      throws IOException {
    if (after < last) {
      try (Groups groups = new Groups(disk, names, after)) {
        Group next = groups.next();
        while (next != null) {
          for (Change change : next.changes()) {
            add(change, into);
          }
          // Damage behind the last group does not matter.
          next = next.number() < last ? groups.next() : null;
        }
      }
    }
    into.finish();
  }

  /** A path lies in directories, which are entries of their own. */
  private void add(Change change, SortedRuns into) throws IOException {
    if (keyModel == KeyModel.PATHS
        && (change.kind() == Kind.PUT
            || change.kind() == Kind.DIRECTORY
            || change.kind() == Kind.IMPLIED_DIRECTORY)) {
      for (Bytes parent : parents(change.key())) {
        into.add(change.impliedDirectory(parent));
      }
    }
    into.add(change);
  }

  private static List<Bytes> parents(Bytes key) {
    byte[] path = key.toByteArray();
    List<Bytes> parents = new ArrayList<>();
    for (int i = 1; i < path.length; i++) {
      if (path[i] == (byte) '/') {
        parents.add(Bytes.of(Arrays.copyOf(path, i)));
      }
    }
    return parents;
  }
}
