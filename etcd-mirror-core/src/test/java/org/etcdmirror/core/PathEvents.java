package org.etcdmirror.core;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.store.InMemorySink;
import org.jspecify.annotations.Nullable;

/**
 * Random events on a few paths, as etcd v2 can have them: a value is written only where no
 * directory is and below no value, and a directory is deleted alone only when it is empty.
 */
public final class PathEvents {

  private static final String[] NAMES = {"a", "b", "a-b", "c"};

  private final Random random;
  private final InMemorySink state = InMemorySink.paths();
  private final String prefix;
  private long index = 1000;
  private boolean expiries;

  public PathEvents(Random random) {
    this.random = random;
    this.prefix = "/conf";
  }

  /** Continues from a state. */
  public PathEvents(Random random, InMemorySink from) {
    this(random);
    state.apply(EventBatch.of(List.copyOf(entries(from)), Long.MAX_VALUE, Long.MAX_VALUE));
  }

  /** Directories may have an expiry, and may be implied. */
  public PathEvents withExpiries() {
    expiries = true;
    return this;
  }

  public static List<Entry> entries(InMemorySink sink) {
    List<Entry> entries = new ArrayList<>();
    try (Snapshot snapshot = sink.snapshot(Selection.of(Bytes.utf8("/")))) {
      for (Entry entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        entries.add(entry);
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return entries;
  }

  /** The index of the put that made a key what it was at an index; 0 if it was not there. */
  static long version(List<MirrorEvent> history, Bytes key, long at) {
    long version = 0;
    for (MirrorEvent event : history) {
      boolean concerned =
          event instanceof DeleteTree
              ? KeyModel.PATHS.covers(event.key(), key)
              : event.key().equals(key);
      if (concerned && event.index() <= at) {
        version = event instanceof Put ? event.index() : 0;
      }
    }
    return version;
  }

  /** Whether an event belongs to a selection. */
  static boolean concerns(MirrorEvent event, Selection selection, KeyModel model) {
    return selection.prefixes().stream()
        .anyMatch(prefix ->
            model.covers(prefix, event.key())
                || (event instanceof DeleteTree && model.covers(event.key(), prefix)));
  }

  public List<MirrorEvent> some(int count) {
    List<MirrorEvent> events = new ArrayList<>();
    while (events.size() < count) {
      MirrorEvent event = next();
      if (event != null) {
        state.apply(EventBatch.of(List.of(event), event.index(), event.index()));
        events.add(event);
      }
    }
    return events;
  }

  /** The next event, or null if the one drawn is not possible. */
  private @Nullable MirrorEvent next() {
    Bytes key = Bytes.utf8(path());
    long at = ++index;
    boolean directory = isDirectory(key);
    return switch (random.nextInt(8)) {
      case 0, 1, 2, 3 ->
          directory || belowValue(key)
              ? null
              : new Put(key, Bytes.utf8("v" + random.nextInt(4)), at, null);
      case 4 -> belowValue(key) || (directory && !expiries) ? null : directory(key, at);
      case 5, 6 -> directory && !isEmpty(key) ? null : new Delete(key, at);
      default -> new DeleteTree(key, at);
    };
  }

  /** A directory with an expiry, without one, or implied by a key below it. */
  private @Nullable MirrorEvent directory(Bytes key, long at) {
    return switch (expiries ? random.nextInt(4) : 3) {
      case 0 -> new MakeDirectory(key, at, new Expiry(at));
      case 1 -> expires(key) ? new Refresh(key, at, new Expiry(at), null) : null;
      case 2 -> isDirectory(key) ? MakeDirectory.implied(key, at) : null;
      default -> new MakeDirectory(key, at, null);
    };
  }

  private String path() {
    StringBuilder path = new StringBuilder(prefix);
    int depth = 1 + random.nextInt(3);
    for (int i = 0; i < depth; i++) {
      path.append('/').append(NAMES[random.nextInt(NAMES.length)]);
    }
    return path.toString();
  }

  private boolean isDirectory(Bytes key) {
    return entries(state).stream()
        .anyMatch(entry -> entry.key().equals(key) && entry instanceof MakeDirectory);
  }

  /** Only entries with an expiry are prolonged. */
  private boolean expires(Bytes key) {
    return entries(state).stream()
        .anyMatch(entry -> entry.key().equals(key) && entry.expiresAt() != null);
  }

  private boolean isEmpty(Bytes key) {
    return entries(state).stream()
        .noneMatch(entry -> !entry.key().equals(key) && KeyModel.PATHS.covers(key, entry.key()));
  }

  private boolean belowValue(Bytes key) {
    return entries(state).stream()
        .anyMatch(entry ->
            entry instanceof Put
                && !entry.key().equals(key)
                && KeyModel.PATHS.covers(entry.key(), key));
  }
}
