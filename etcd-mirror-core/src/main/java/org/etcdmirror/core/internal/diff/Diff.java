package org.etcdmirror.core.internal.diff;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.jspecify.annotations.Nullable;

/**
 * Walks two snapshots side by side, the source's under the sink's keys, and tells what differs.
 * Holds one entry of each in memory.
 */
public final class Diff {

  /** Receives each difference, in key order within each rule. */
  public interface Visitor {
    /** The sink lacks the entry, or holds another one at its key. */
    void missing(Entry wanted, @Nullable Entry found)
        throws IOException, InterruptedException, Retry.StoppedException;

    /** The sink holds an entry that the source does not. */
    void extra(Entry found);

    /** Both sides hold the entry. */
    default void equal(Entry wanted, Entry found)
        throws IOException, InterruptedException, Retry.StoppedException {}
  }

  /**
   * Two expiries this close are the same: v2 tells whole seconds, and copies live a little longer.
   */
  private static final Duration EXPIRY_TOLERANCE = Duration.ofSeconds(5);

  private final KeyMapper mapper;
  private final FormerEntries formerEntries;
  private final Predicate<Entry> holdable;
  private final Shutdown shutdown;
  private final Found found;
  private MappedSnapshot.Between between = () -> {};
  private long sourceEntries;
  private long sourceValues;
  private long sinkEntries;

  /**
   * A diff.
   *
   * @param holdable whether the sink can hold an entry of the source, which bears the sink's key
   * @param shutdown ends a walk
   */
  public Diff(KeyMapper mapper, Predicate<Entry> holdable, Shutdown shutdown) {
    this(mapper, FormerEntries.none(mapper), holdable, shutdown);
  }

  /**
   * A diff that finds too much what former scopes left.
   *
   * @param formerEntries what these are; the sink's snapshot must come from there
   * @param holdable whether the sink can hold an entry of the source, which bears the sink's key
   * @param shutdown ends a walk
   */
  public Diff(
      KeyMapper mapper, FormerEntries formerEntries, Predicate<Entry> holdable, Shutdown shutdown) {
    this.mapper = mapper;
    this.formerEntries = formerEntries;
    this.holdable = holdable;
    this.shutdown = shutdown;
    this.found = new Found(mapper);
  }

  /** This comes before each entry is visited of those that a transform has renamed. */
  public void between(MappedSnapshot.Between entries) {
    between = entries;
  }

  /** Receives each entry of the source. */
  public Found found() {
    return found;
  }

  /**
   * Walks over both to their ends.
   *
   * @param sink null for a sink that cannot be read
   */
  @SuppressWarnings("try") // the snapshot is the caller's to close
  public void walk(Snapshot from, @Nullable Snapshot sink, Visitor visitor)
      throws IOException, InterruptedException, Retry.StoppedException {
    MappedSnapshot source = new MappedSnapshot(from, mapper, this.found, between);
    Entry wanted = nextWanted(source);
    Entry found = nextFound(sink, visitor);
    while (wanted != null || found != null) {
      shutdown.throwIfBegun();
      int order = compare(wanted, found);
      if (wanted != null && order < 0) {
        visitor.missing(wanted, null);
        wanted = nextWanted(source);
      } else if (found != null && order > 0) {
        if (counts(found)) {
          visitor.extra(found);
        }
        found = nextFound(sink, visitor);
      } else if (wanted != null && found != null) {
        if (same(wanted, found)) {
          visitor.equal(wanted, found);
        } else {
          visitor.missing(wanted, found);
        }
        wanted = nextWanted(source);
        found = nextFound(sink, visitor);
      }
    }
  }

  /** Entries in the source's scope; whole only after the walk. */
  public long sourceEntries() {
    return sourceEntries;
  }

  /** Whether the source holds no value at all; known only after the walk. */
  public boolean sourceEmpty() {
    return sourceValues == 0;
  }

  /** Entries that the sink held in the scope; whole only after the walk. */
  public long sinkEntries() {
    return sinkEntries;
  }

  private @Nullable Entry nextWanted(MappedSnapshot source)
      throws IOException, InterruptedException {
    for (Entry entry = source.next(); entry != null; entry = source.next()) {
      sourceEntries++;
      if (entry instanceof Put) {
        sourceValues++;
      }
      if (holdable.test(entry)) {
        return entry;
      }
    }
    return null;
  }

  private @Nullable Entry nextFound(@Nullable Snapshot sink, Visitor visitor)
      throws IOException, InterruptedException, Retry.StoppedException {
    if (sink == null) {
      return null;
    }
    for (Entry entry = sink.next(); entry != null; entry = sink.next()) {
      if (mapper.owns(entry.key())) {
        sinkEntries += counts(entry) ? 1 : 0;
        return entry;
      }
      if (counts(entry) && formerEntries.contains(entry)) {
        sinkEntries++;
        shutdown.throwIfBegun();
        visitor.extra(entry);
      }
    }
    return null;
  }

  /** A source without directories says nothing of those that its keys made in the sink. */
  private boolean counts(Entry found) {
    return found instanceof Put || mapper.mirrorsDirectories();
  }

  private int compare(@Nullable Entry wanted, @Nullable Entry found) {
    if (wanted == null) {
      return 1;
    }
    if (found == null) {
      return -1;
    }
    Bytes a = wanted.key();
    Bytes b = found.key();
    int byRule = Integer.compare(mapper.targetRule(a), mapper.targetRule(b));
    return byRule != 0 ? byRule : a.compareTo(b);
  }

  private static boolean same(Entry wanted, Entry found) {
    return sameContent(wanted, found) && sameExpiry(wanted, found);
  }

  public static boolean sameContent(Entry wanted, Entry found) {
    if (wanted instanceof Put a && found instanceof Put b) {
      return a.value().equals(b.value());
    }
    return wanted instanceof MakeDirectory && found instanceof MakeDirectory;
  }

  /** A copy on the source's own lease is kept alive with it, so that its time says nothing. */
  static boolean sameExpiry(Entry wanted, Entry found) {
    return sharedLease(wanted, found) != null || sameTime(wanted.expiresAt(), found.expiresAt());
  }

  /** The source's lease that both are on; null if there is none. */
  public static @Nullable Lease sharedLease(Entry wanted, Entry found) {
    return wanted instanceof Put one
            && found instanceof Put other
            && one.lease() != null
            && other.lease() != null
            && one.lease().id() == other.lease().id()
        ? one.lease()
        : null;
  }

  /** Whether these are one expiry, as far as a server tells it; neither of them for none. */
  public static boolean sameTime(@Nullable Expiry a, @Nullable Expiry b) {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    return a.since(b).abs().compareTo(EXPIRY_TOLERANCE) <= 0;
  }
}
