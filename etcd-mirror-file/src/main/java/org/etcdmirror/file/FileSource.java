package org.etcdmirror.file;

import java.io.IOException;
import java.nio.file.Path;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.file.internal.dump.DumpModel;
import org.etcdmirror.file.internal.dump.DumpSnapshot;
import org.etcdmirror.file.internal.dump.Point;
import org.etcdmirror.file.internal.dump.PointSearch;
import org.etcdmirror.file.internal.dump.StateReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dump at one recorded index: the newest at the first look, or a chosen one. It names the
 * cluster and the index that the dump was made from, so that a mirror of that cluster can go on
 * from what was restored. An entry has the time to live that is left of it; one whose time is over
 * is left out.
 *
 * <p>A dump is read once and not followed: a stream brings no event. Safe for use by many threads.
 */
public final class FileSource implements EventSource {

  private final Disk disk;
  private final KeyModel keyModel;
  private final @Nullable Long at;
  private final Streams streams = new Streams();
  private @Nullable Point point;

  FileSource(Disk disk, KeyModel keyModel, @Nullable Long at) {
    this.disk = disk;
    this.keyModel = keyModel;
    this.at = at;
  }

  /**
   * Makes a source.
   *
   * @param directory where the dump is
   * @param at the index to read, which must be recorded; null for the newest one
   * @throws IllegalArgumentException if there is no dump, or it cannot be read
   */
  public static FileSource at(Path directory, @Nullable Long at) {
    Disk disk = new NioDisk(directory);
    try {
      KeyModel keyModel =
          DumpModel.read(disk)
              .orElseThrow(
                  () -> new IllegalArgumentException("there is no dump in '" + disk.path() + "'"));
      return new FileSource(disk, keyModel, at);
    } catch (IOException | PermanentException e) {
      throw new IllegalArgumentException(
          "cannot read the dump in '%s': %s".formatted(disk.path(), e.getMessage()), e);
    }
  }

  @Override
  public KeyModel keyModel() {
    return keyModel;
  }

  @Override
  public SourceHead head(Selection selection) throws IOException {
    return head(point());
  }

  private SourceHead head(Point point) {
    Checkpoint checkpoint = point.stored().checkpoint();
    String cluster = checkpoint.clusterId();
    return new SourceHead(cluster == null ? "file:" + disk.path() : cluster, point.index());
  }

  private synchronized Point point() throws IOException {
    if (streams.areClosed()) {
      throw new ClosedException("the source 'file:" + disk.path() + "'");
    }
    Point found = point;
    if (found == null) {
      PointSearch search = new PointSearch(disk);
      found = at == null ? search.newest() : search.at(at);
      point = found;
    }
    return found;
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException {
    Point point = point();
    return DumpSnapshot.unexpired(
        head(point), keyModel, new StateReader(disk, keyModel).at(disk.names(), point), selection);
  }

  /** A stream from the index that is read; what happened before it is not told. */
  @Override
  public EventStream open(Selection selection, Start start)
      throws IOException, LostEventsException {
    SourceHead head = head(selection);
    if (start instanceof Start.After after && after.index() != head.index()) {
      throw new HistoryClearedException(after.index() + 1, head.index() + 1, head.index());
    }
    return streams.open(head.index());
  }

  @Override
  public void close() {
    streams.close();
  }
}
