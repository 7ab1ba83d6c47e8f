package org.etcdmirror.kafka.internal.sort;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.jspecify.annotations.Nullable;

/**
 * Sorts any number of records within a bounded memory, and keeps the last one of each key. What
 * does not fit is written to a temporary file in sorted runs, which are merged when they are read.
 */
public final class LastOfEachKey implements Closeable {

  private static final long MEMORY = 8L << 20;
  private static final int MOST_RUNS = 64;

  private final long memory;
  private Map<Bytes, Found> buffer = new HashMap<>();
  private long buffered;
  private final List<Scratch.Run> runs = new ArrayList<>();
  private @Nullable Scratch scratch;
  private @Nullable Cursor sorted;

  /** Holds some 8 MiB in memory. */
  public LastOfEachKey() {
    this(MEMORY);
  }

  LastOfEachKey(long memory) {
    this.memory = memory;
  }

  /** Adds a record that came after all others of its key. */
  public void add(Found found) throws IOException {
    Found before = buffer.put(found.key(), found);
    buffered += found.weight() - (before == null ? 0 : before.weight());
    if (buffered > memory) {
      spill();
    }
  }

  private void spill() throws IOException {
    runs.add(scratch().write(sorted(buffer.values())));
    buffer = new HashMap<>();
    buffered = 0;
  }

  private static Cursor sorted(Collection<Found> values) {
    Iterator<Found> next = values.stream().sorted(Found.ORDER).iterator();
    return () -> next.hasNext() ? next.next() : null;
  }

  private Scratch scratch() throws IOException {
    Scratch made = scratch;
    if (made == null) {
      made = new Scratch();
      scratch = made;
    }
    return made;
  }

  /** The next put in order; null after the last one. Nothing is added after the first call. */
  public @Nullable Put next() throws IOException {
    Cursor from = sorted;
    if (from == null) {
      from = merged();
      sorted = from;
    }
    Found found = from.next();
    while (found != null && found.put() == null) {
      found = from.next();
    }
    return found == null ? null : found.put();
  }

  private Cursor merged() throws IOException {
    while (runs.size() > MOST_RUNS) {
      List<Scratch.Run> first = runs.subList(0, MOST_RUNS);
      Scratch.Run one = scratch().write(new Merge(cursors(first)));
      first.clear();
      runs.add(one);
    }
    List<Cursor> all = cursors(runs);
    all.add(sorted(buffer.values()));
    return new Merge(all);
  }

  private List<Cursor> cursors(List<Scratch.Run> of) throws IOException {
    List<Cursor> cursors = new ArrayList<>();
    for (Scratch.Run run : of) {
      cursors.add(scratch().read(run));
    }
    return cursors;
  }

  @Override
  public void close() throws IOException {
    buffer = new HashMap<>();
    if (scratch != null) {
      scratch.close();
    }
  }
}
