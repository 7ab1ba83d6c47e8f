package org.etcdmirror.core.internal.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.diff.Differences;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.keys.PathNames;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.snapshot.KeySnapshot;
import org.etcdmirror.core.internal.snapshot.PacedSnapshot;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.jspecify.annotations.Nullable;

/**
 * The two sides of a comparison, to be read whole or only at some keys.
 *
 * @param source the one
 * @param sink the other
 * @param mapper how keys are named on both
 * @param expiries whether the mirror copies times to live
 * @param contentOnly whether times to live are no matter of the comparison
 * @param entriesPerSecond how fast each side is read at most; 0 for no bound
 * @param differences what is told of a difference
 * @param closing ends pauses and walks
 */
public record ComparedSides(
    EventSource source,
    ReadableSink sink,
    KeyMapper mapper,
    boolean expiries,
    boolean contentOnly,
    long entriesPerSecond,
    Differences differences,
    Shutdown closing) {

  /** So many keys are asked for one by one, and held in memory; for more all is read again. */
  static final int MOST_KEYS = 256;

  /** The source's head now. */
  SourceHead head() throws IOException, InterruptedException {
    return source.head(new Selection(mapper.sourcePrefixes(), expiries));
  }

  /** All of the scope. */
  public Snapshot ofSource() throws IOException, InterruptedException {
    return paced(source.snapshot(new Selection(mapper.sourcePrefixes(), expiries)));
  }

  /** All of the scope. */
  public Snapshot ofSink() throws IOException, InterruptedException {
    return paced(sink.snapshot(new Selection(mapper.targetPrefixes(), expiries)));
  }

  private Snapshot paced(Snapshot whole) {
    return entriesPerSecond == 0 ? whole : PacedSnapshot.of(whole, entriesPerSecond, closing);
  }

  /** Compares at least these keys, by their names in the sink, and entries that rule them out. */
  public Snapshot ofSource(Collection<Bytes> sinkKeys) throws IOException, InterruptedException {
    List<Bytes> keys = sourceKeys(sinkKeys);
    if (keys == null) {
      return ofSource();
    }
    Snapshot told;
    try {
      told = source.snapshot(Selection.ofKeys(keys, expiries));
    } catch (PermanentException e) {
      // The sink's key may be none that a source of this kind can have, or would show.
      return ofSource();
    }
    return KeySnapshot.read(told, keys, mapper.sourceOrder());
  }

  /** Compares at least these keys. */
  public Snapshot ofSink(Collection<Bytes> keys) throws IOException, InterruptedException {
    return keys.size() > MOST_KEYS
        ? ofSink()
        : KeySnapshot.read(
            sink.snapshot(Selection.ofKeys(List.copyOf(keys), expiries)),
            keys,
            mapper.targetOrder());
  }

  /** Reads both sides and reports each difference. */
  Diff walk(
      Snapshot from,
      @Nullable Snapshot to,
      SnapshotFilter filter,
      Consumer<ObservedDifference> seen)
      throws IOException, InterruptedException, Retry.StoppedException {
    Diff diff = new Diff(mapper, entry -> filter.refusal(entry) == null, closing);
    diff.walk(from, to, new ObservedDifference.Finder(seen, contentOnly, differences));
    return diff;
  }

  private @Nullable List<Bytes> sourceKeys(Collection<Bytes> sinkKeys) {
    if (sinkKeys.size() > MOST_KEYS) {
      return null;
    }
    Set<Bytes> keys = new LinkedHashSet<>();
    for (Bytes sinkKey : sinkKeys) {
      for (Bytes wanted : withParents(sinkKey)) {
        Bytes key = mapper.sourceKey(wanted);
        if (key == null) {
          return null;
        }
        keys.add(key);
      }
    }
    return List.copyOf(keys);
  }

  /** Where keys become paths, a value above a key leaves no room for it. */
  private List<Bytes> withParents(Bytes sinkKey) {
    List<Bytes> keys = new ArrayList<>(List.of(sinkKey));
    if (mapper.makesPaths()) {
      for (Bytes above : PathNames.parents(sinkKey)) {
        if (mapper.targetRule(above) >= 0) {
          keys.add(above);
        }
      }
    }
    return keys;
  }
}
