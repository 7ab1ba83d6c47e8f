package org.etcdmirror.file;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.NioDisk;
import org.etcdmirror.file.internal.dump.DumpEnd;
import org.etcdmirror.file.internal.dump.DumpModel;
import org.etcdmirror.file.internal.dump.DumpSnapshot;
import org.etcdmirror.file.internal.dump.DumpWriter;
import org.etcdmirror.file.internal.dump.Limits;
import org.etcdmirror.file.internal.dump.StateReader;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Stored;
import org.etcdmirror.file.internal.merge.MergedState;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dump: a directory with sorted snapshots and a log of all changes, readable by its owner
 * only. A batch and its checkpoint are one record of the log, durable when the call returns. The
 * dump belongs to one link.
 *
 * <p>Each write holds the lock of the directory. Of two mirrors that write to one dump the newer
 * one wins, and the older one ends with a {@link FencedException}. A full disk is an {@link
 * IOException}; the dump then is as before.
 */
public final class FileSink implements AtomicSink {

  /** The log is read to make a snapshot; below this size it is not worth it. */
  private static final long SNAPSHOT_AFTER = 64L << 20;

  private static final long MOST_ATOMIC_BYTES = 4L << 20;

  private final Disk disk;
  private final KeyModel keyModel;
  private final DumpWriter writer;
  private @Nullable String link;
  private boolean opened;
  private volatile boolean closed;

  FileSink(Disk disk, KeyModel keyModel, Retention retention, long snapshotAfter) {
    this.disk = disk;
    this.keyModel = keyModel;
    this.writer =
        new DumpWriter(
            disk, keyModel, snapshotAfter, new Limits(retention.keep(), retention.snapshots()));
  }

  /**
   * Makes a sink. The directory is made with the first write.
   *
   * @param directory where the dump is
   * @param keyModel how the source names its keys; null for what the dump says, or {@link
   *     KeyModel#BYTES} for a new one
   * @throws IllegalArgumentException if the dump has keys of another model, or cannot be read
   */
  public static FileSink at(Path directory, @Nullable KeyModel keyModel, Retention retention) {
    Disk disk = new NioDisk(directory);
    return new FileSink(disk, modelOf(disk, keyModel), retention, SNAPSHOT_AFTER);
  }

  private static KeyModel modelOf(Disk disk, @Nullable KeyModel wanted) {
    KeyModel found;
    try {
      found = DumpModel.read(disk).orElse(null);
    } catch (IOException | PermanentException e) {
      throw new IllegalArgumentException(
          "cannot read the dump in '%s': %s".formatted(disk.path(), e.getMessage()), e);
    }
    if (found != null && wanted != null && found != wanted) {
      throw new IllegalArgumentException(
          "dump in '%s' has keys as %s, and the source's keys are %s; use another directory"
              .formatted(disk.path(), named(found), named(wanted)));
    }
    return found != null ? found : wanted != null ? wanted : KeyModel.BYTES;
  }

  private static String named(KeyModel model) {
    return model == KeyModel.PATHS ? "paths (etcd v2)" : "bytes (etcd v3)";
  }

  @Override
  public KeyModel keyModel() {
    return keyModel;
  }

  @Override
  public Place place() {
    return Place.WITH_DATA;
  }

  @Override
  public IndexStore indexStore(String name) {
    requireNonNull(name, "name");
    if (link != null && !link.equals(name)) {
      throw new IllegalStateException(
          "sink stores the index of link '%s', and not of '%s'; make a sink for each link"
              .formatted(link, name));
    }
    link = name;
    return this;
  }

  @Override
  public void open(SinkContext context) {
    if (opened) {
      throw new IllegalStateException(
          "link '%s': the sink is open already; make a sink for each mirror"
              .formatted(context.link()));
    }
    if (keyModel == KeyModel.PATHS && context.sourceKeyModel() == KeyModel.BYTES) {
      throw new PermanentException(
          "dump in '%s' has keys as paths (etcd v2), and the source's keys are bytes (etcd v3); use another directory"
              .formatted(disk.path()));
    }
    opened = true;
  }

  @Override
  public long maxAtomicBytes() {
    return MOST_ATOMIC_BYTES;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    requireNotClosed();
    Stored stored = writer.load().orElse(null);
    if (stored == null) {
      return Optional.empty();
    }
    if (!stored.link().equals(link())) {
      throw new PermanentException(
          "dump in '%s' belongs to link '%s', and not to '%s'; use one directory for each link"
              .formatted(disk.path(), stored.link(), link()));
    }
    return Optional.of(stored.checkpoint());
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    append(List.of(), checkpoint);
  }

  @Override
  public void confirm() throws IOException, InterruptedException {
    requireNotClosed();
    writer.confirm();
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    if (!batch.events().isEmpty()) {
      append(batch.events(), null);
    }
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    append(batch.events(), checkpoint);
  }

  private void append(List<MirrorEvent> events, @Nullable Checkpoint checkpoint)
      throws IOException, InterruptedException {
    requireNotClosed();
    List<Change> changes = events.stream().map(Change::of).toList();
    try {
      writer.append(changes, checkpoint == null ? null : new Stored(link(), checkpoint));
    } catch (ClosedByInterruptException e) {
      throw interrupted();
    } catch (SinkRolledBackException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "cannot write to the dump in '%s': %s".formatted(disk.path(), e.getMessage()), e);
    }
  }

  /** The interrupt closed a file under the call. */
  private static InterruptedException interrupted() {
    Thread.interrupted();
    return new InterruptedException("interrupted while a dump was written");
  }

  private String link() {
    return requireNonNull(link, "indexStore() was not called");
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    requireNotClosed();
    try {
      Stored stored = DumpEnd.read(disk).stored();
      long index = stored == null ? 0 : stored.checkpoint().index();
      MergedState state = new StateReader(disk, keyModel).after(disk.names(), Long.MAX_VALUE);
      return DumpSnapshot.recorded(
          new SourceHead("file:" + disk.path(), index), keyModel, state, selection);
    } catch (ClosedByInterruptException e) {
      throw interrupted();
    }
  }

  private void requireNotClosed() {
    if (closed) {
      throw new ClosedException("the sink 'file:" + disk.path() + "'");
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
