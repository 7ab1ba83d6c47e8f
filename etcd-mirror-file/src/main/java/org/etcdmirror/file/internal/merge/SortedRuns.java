package org.etcdmirror.file.internal.merge;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.etcdmirror.file.internal.disk.Disk;
import org.etcdmirror.file.internal.disk.DiskFile;
import org.etcdmirror.file.internal.format.Change;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of changes within a bounded memory: what does not fit is written to a scratch
 * file in sorted runs, and these are merged when they are read.
 */
public final class SortedRuns implements Closeable {

  /** How much is sorted in memory. */
  static final long MEMORY = 8L << 20;

  /** How many runs are read side by side. */
  static final int MOST_RUNS = 64;

  /** A part of the scratch file. */
  record Run(long from, long to) {}

  private final Disk disk;
  private final long memory;
  private List<Numbered> buffer = new ArrayList<>();
  private long buffered;
  private final List<Run> runs = new ArrayList<>();
  private @Nullable DiskFile scratch;
  private long end;
  private long number;

  /** Runs that are written to scratch files of this disk. */
  public SortedRuns(Disk disk) {
    this(disk, MEMORY);
  }

  SortedRuns(Disk disk, long memory) {
    this.disk = disk;
    this.memory = memory;
  }

  /** Adds the change that happened after all that were added before. */
  public void add(Change change) throws IOException {
    number++;
    buffer.add(new Numbered(change, number));
    buffered += change.weight();
    if (buffered > memory) {
      spill();
    }
  }

  private void spill() throws IOException {
    buffer.sort(Numbered.BY_KEY);
    Iterator<Numbered> sorted = buffer.iterator();
    runs.add(write(() -> sorted.hasNext() ? sorted.next() : null));
    buffer = new ArrayList<>();
    buffered = 0;
  }

  private Run write(Cursor sorted) throws IOException {
    DiskFile file = scratch;
    if (file == null) {
      file = disk.scratch();
      scratch = file;
    }
    RunWriter writer = new RunWriter(file, end);
    for (Numbered next = sorted.next(); next != null; next = sorted.next()) {
      writer.add(next);
    }
    Run run = new Run(end, writer.finish());
    end = run.to();
    return run;
  }

  /** No more is added; so many runs are merged that the rest can be read side by side. */
  public void finish() throws IOException {
    buffer.sort(Numbered.BY_KEY);
    while (runs.size() > MOST_RUNS) {
      List<Run> first = runs.subList(0, MOST_RUNS);
      Run merged = write(new MergedCursor(cursors(first)));
      first.clear();
      runs.add(merged);
    }
  }

  /** Cursors over all changes, from the first one on. */
  List<Cursor> cursors() {
    List<Cursor> cursors = cursors(runs);
    Iterator<Numbered> sorted = buffer.iterator();
    cursors.add(() -> sorted.hasNext() ? sorted.next() : null);
    return cursors;
  }

  private List<Cursor> cursors(List<Run> of) {
    List<Cursor> cursors = new ArrayList<>();
    DiskFile file = scratch;
    if (file != null) {
      of.forEach(run -> cursors.add(new RunCursor(file, run)));
    }
    return cursors;
  }

  @Override
  public void close() throws IOException {
    DiskFile file = scratch;
    if (file != null) {
      file.close();
    }
  }
}
