package org.etcdmirror.core.internal.suspects;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.internal.checkpoint.Suspect;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.diff.Differences;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.etcdmirror.core.internal.keys.PathNames;
import org.etcdmirror.core.internal.resync.OtherHistoryException;
import org.etcdmirror.core.internal.resync.Resync;
import org.etcdmirror.core.internal.run.ComparisonNeededException;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.Settings;
import org.etcdmirror.core.internal.run.Shutdown;
import org.etcdmirror.core.internal.run.Sides;
import org.etcdmirror.core.internal.snapshot.ChunkedSnapshot;
import org.etcdmirror.core.internal.unsupported.EntryRules;
import org.etcdmirror.core.internal.unsupported.SnapshotFilter;
import org.etcdmirror.core.internal.verify.ComparedSides;
import org.jspecify.annotations.Nullable;

/**
 * Brings the sink level with the source at suspects, in place, between two batches. The source may
 * be ahead of what is applied: then this writes newer values, and the events that still wait lead
 * to the same state once more. A sink that cannot be read is given what the source holds there,
 * whatever it holds itself. Used by the applier's thread alone.
 */
final class SuspectComparison {

  /** So many keys at a time; {@link ComparedSides} reads everything for more than a few of them. */
  private static final int KEYS = 100;

  private final EventSource source;
  private final EventSink sink;
  private final KeyMapper mapper;
  private final boolean expiries;
  private final EntryRules rules;
  private final DeleteLimit limit;
  private final Shutdown shutdown;
  private final Resync.Writer writer;

  SuspectComparison(
      Settings settings, MirrorRuntime runtime, EntryRules rules, Resync.Writer writer) {
    Sides sides = runtime.sides();
    this.source = sides.source();
    this.sink = sides.sink();
    this.mapper = sides.mapper();
    this.expiries = settings.copiesExpiry();
    this.rules = rules;
    this.limit = settings.consent().deleteLimit();
    this.shutdown = runtime.shutdown();
    this.writer = writer;
  }

  /**
   * Compares, and writes what differs.
   *
   * @param at how far the sink is
   * @return how many events were written
   * @throws OtherHistoryException if the source is not what was applied; the reader finds that too
   * @throws ComparisonNeededException if only a resync can tell what to do
   * @throws Retry.StoppedException if the mirror is to end
   */
  long compare(Collection<Suspect> suspects, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    try {
      if (suspects.stream().anyMatch(this::needsEverything)) {
        return compareEverything(at);
      }
      long written = 0;
      for (Suspect suspect : suspects) {
        if (suspect.reach() == Suspect.Reach.TREE) {
          written += compareTree(suspect, at);
        }
      }
      List<Bytes> keys = List.copyOf(keys(suspects));
      for (int i = 0; i < keys.size(); i += KEYS) {
        written += compareKeys(keys.subList(i, Math.min(i + KEYS, keys.size())), at);
      }
      return written;
    } catch (UnsupportedEntryException e) {
      throw new ComparisonNeededException(Gap.Reason.FORCED);
    }
  }

  /** Whether its source key is unknown. */
  private boolean needsEverything(Suspect suspect) {
    return suspect.reach() == Suspect.Reach.EVERYTHING
        || (suspect.reach() == Suspect.Reach.TREE && (mapper.renames() || mapper.makesPaths()));
  }

  /** A late put makes the directories above its key again, so they are looked at as well. */
  private Set<Bytes> keys(Collection<Suspect> suspects) {
    Set<Bytes> keys = new LinkedHashSet<>();
    for (Suspect suspect : suspects) {
      if (suspect.reach() == Suspect.Reach.KEY) {
        keys.add(suspect.key());
        if (mapper.mirrorsDirectories() && sink instanceof ReadableSink) {
          keys.addAll(PathNames.parents(suspect.key()));
        }
      }
    }
    keys.removeIf(key -> !mapper.owns(key));
    return keys;
  }

  private long compareKeys(List<Bytes> keys, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    Set<Bytes> named = Set.copyOf(keys);
    if (sink instanceof ReadableSink readable) {
      ComparedSides sides =
          new ComparedSides(
              source, readable, mapper, expiries, false, 0, new Differences(false), shutdown);
      try (Snapshot from = checked(sides.ofSource(keys), at);
          Snapshot to = sides.ofSink(keys)) {
        return walk(from, to, named::contains, Set.of(), false);
      }
    }
    List<Bytes> sourceKeys = new ArrayList<>();
    for (Bytes key : keys) {
      Bytes of = mapper.sourceKey(key);
      if (of != null) {
        sourceKeys.add(of);
      }
    }
    Selection selection =
        sourceKeys.size() < keys.size()
            ? new Selection(mapper.sourcePrefixes(), expiries)
            : Selection.ofKeys(sourceKeys, expiries);
    try (Snapshot from = checked(ChunkedSnapshot.of(source.snapshot(selection)), at)) {
      return walk(from, null, named::contains, named, false);
    }
  }

  private long compareTree(Suspect tree, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    long written = 0;
    for (Bytes top : tops(tree.key())) {
      Bytes of = mapper.sourceKey(top);
      if (of != null) {
        written += compare(List.of(of), List.of(top), tree::covers, at);
      }
    }
    return written;
  }

  /** The tree, if it lies in one prefix, or the prefixes that lie in it. */
  private List<Bytes> tops(Bytes tree) {
    return mapper.targetRule(tree) >= 0
        ? List.of(tree)
        : mapper.targetPrefixes().stream()
            .filter(prefix -> KeyModel.PATHS.covers(tree, prefix))
            .toList();
  }

  private long compareEverything(Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    return compare(mapper.sourcePrefixes(), mapper.targetPrefixes(), key -> true, at);
  }

  private long compare(
      List<Bytes> sources, List<Bytes> targets, Predicate<Bytes> wanted, Checkpoint at)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    Selection selection = new Selection(sources, expiries);
    // The source may be ahead of what is applied, so that it may also be of several indexes.
    try (Snapshot from = checked(ChunkedSnapshot.of(source.snapshot(selection)), at)) {
      if (!(sink instanceof ReadableSink readable)) {
        return walk(from, null, wanted, Set.of(), true);
      }
      try (Snapshot to = ChunkedSnapshot.of(readable.snapshot(new Selection(targets, expiries)))) {
        return walk(from, to, wanted, Set.of(), true);
      }
    }
  }

  private static Snapshot checked(Snapshot from, Checkpoint at) throws OtherHistoryException {
    SourceHead head = from.head();
    String cluster = at.clusterId();
    if (head.index() < at.index() || (cluster != null && !cluster.equals(head.clusterId()))) {
      from.close();
      throw new OtherHistoryException(
          "suspects cannot be compared: source is cluster %s at index %d, but the sink is at index %d of %s"
              .formatted(head.clusterId(), head.index(), at.index(), cluster));
    }
    return from;
  }

  /**
   * Walks over both, or over the source alone.
   *
   * @param named as {@link SuspectPass} takes it
   * @param limited whether more may be found to delete than what was asked for by name
   */
  private long walk(
      Snapshot from,
      @Nullable Snapshot to,
      Predicate<Bytes> wanted,
      Set<Bytes> named,
      boolean limited)
      throws IOException, InterruptedException, Retry.StoppedException, ComparisonNeededException {
    SnapshotFilter filter = new SnapshotFilter(rules);
    Diff diff = new Diff(mapper, entry -> filter.refusal(entry) == null, shutdown);
    SuspectPass pass = new SuspectPass(wanted, named, writer, () -> from.head().index());
    diff.walk(from, to, pass);
    pass.deleteUnwritten();
    if (pass.isTooMuch() || (limited && pass.isRefused(limit, diff))) {
      throw new ComparisonNeededException(Gap.Reason.FORCED);
    }
    pass.finish();
    return pass.written();
  }
}
