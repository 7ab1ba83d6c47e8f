package org.etcdmirror.core.internal.checkpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the sink that former scopes owned and the present one does not: a resync deletes them.
 * Keys that no scope of this link ever owned are not touched.
 *
 * <p>Only the checkpoint names former scopes, and the right to write it is not the right to delete.
 * So what is outside of the present prefixes goes only if a person approves it, or if its prefix
 * was named to this mirror.
 */
public final class FormerEntries {

  private final KeyMapper mapper;
  private final List<KeyMapper> former;
  private final List<Bytes> named;

  /** What to read besides the present prefixes: without overlaps, as the sink names its keys. */
  private final List<Bytes> besides;

  private final List<Bytes> prefixes;

  /**
   * Finds them.
   *
   * @param mapper the present scope
   * @param former scopes that the sink was written by before, under the same kind of keys
   * @param named prefixes under which they may be deleted unasked
   */
  FormerEntries(KeyMapper mapper, List<KeyMapper> former, List<Bytes> named) {
    this.mapper = mapper;
    this.named = named;
    this.former = List.copyOf(former);
    this.besides = outside(mapper, former, mapper.sinkModel());
    this.prefixes = outside(mapper, former, mapper.prefixModel());
  }

  /** Nothing: no other scope wrote the sink, or the former scope is unknown. */
  public static FormerEntries none(KeyMapper mapper) {
    return new FormerEntries(mapper, List.of(), List.of());
  }

  /** The former prefixes that the present ones do not cover, without overlaps. */
  private static List<Bytes> outside(KeyMapper mapper, List<KeyMapper> former, KeyModel model) {
    List<Bytes> seen = new ArrayList<>(mapper.targetPrefixes());
    List<Bytes> besides = new ArrayList<>();
    for (KeyMapper one : former) {
      for (Bytes prefix : one.targetPrefixes()) {
        if (seen.stream().noneMatch(covering -> model.covers(covering, prefix))) {
          besides.removeIf(covered -> model.covers(prefix, covered));
          besides.add(prefix);
          seen.add(prefix);
        }
      }
    }
    return List.copyOf(besides);
  }

  /** The former prefixes that the present ones do not cover, as the scope's are understood. */
  public List<Bytes> prefixes() {
    return prefixes;
  }

  /** Whether the sink's entry is one of them. */
  public boolean contains(Entry found) {
    Bytes key = found.key();
    return !mapper.owns(key)
        && !mapper.isOwnInSink(key)
        && !(found instanceof MakeDirectory && isAboveATarget(key))
        && former.stream().anyMatch(one -> one.owns(key));
  }

  /**
   * The former prefix of a key that may not be deleted unasked; null if it is in a present prefix,
   * or in one that was named.
   */
  @Nullable
  public Bytes unnamedPrefix(Bytes key) {
    for (Bytes prefix : besides) {
      if (covers(List.of(prefix), key)) {
        return covers(mapper.targetPrefixes(), key) || covers(named, key) ? null : prefix;
      }
    }
    return null;
  }

  private boolean covers(List<Bytes> prefixes, Bytes key) {
    return prefixes.stream().anyMatch(prefix -> mapper.sinkModel().covers(prefix, key));
  }

  private boolean isAboveATarget(Bytes directory) {
    return mapper.targetPrefixes().stream()
        .anyMatch(target -> KeyModel.PATHS.covers(directory, target));
  }

  /**
   * Reads the sink's entries under the present prefixes, in their order, then under the former
   * ones. If the sink's history is too short, the entries are of several indexes: a comparison
   * changes the sink only where it was read already.
   */
  public Snapshot snapshot(ReadableSink sink, boolean expiries)
      throws IOException, InterruptedException {
    Snapshot present =
        ChunkedSnapshot.of(sink.snapshot(new Selection(mapper.targetPrefixes(), expiries)));
    return besides.isEmpty() ? present : new Both(present, sink);
  }

  /** Two snapshots of the sink, one after the other. */
  private final class Both implements Snapshot {

    private final Snapshot present;
    private final ReadableSink sink;
    private @Nullable Snapshot rest;

    Both(Snapshot present, ReadableSink sink) {
      this.present = present;
      this.sink = sink;
    }

    @Override
    public SourceHead head() {
      return present.head();
    }

    @Override
    public @Nullable Entry next() throws IOException, InterruptedException {
      Snapshot from = rest;
      if (from == null) {
        Entry entry = present.next();
        if (entry != null) {
          return entry;
        }
        from = ChunkedSnapshot.of(sink.snapshot(new Selection(besides, false)));
        rest = from;
      }
      Entry entry = from.next();
      while (entry != null && isTold(entry.key())) {
        entry = from.next();
      }
      return entry;
    }

    /** A former prefix may hold a present one. */
    private boolean isTold(Bytes key) {
      return covers(mapper.targetPrefixes(), key);
    }

    @Override
    public void close() {
      present.close();
      if (rest != null) {
        rest.close();
      }
    }
  }
}
