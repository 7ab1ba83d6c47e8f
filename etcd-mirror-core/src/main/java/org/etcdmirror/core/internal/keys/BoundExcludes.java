package org.etcdmirror.core.internal.keys;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.Exclude;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.log.LogEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The excludes of a scope, bound to how keys are named, and what each has left out in this run.
 * Safe for use by many threads.
 */
public final class BoundExcludes {

  private static final Logger log = LoggerFactory.getLogger(BoundExcludes.class);

  /** The counts of one exclude. */
  private static final class Tally {
    final ExcludeRule exclude;
    final @Nullable Bytes below;

    /** Hashes of the keys, for a key may be large; no more than the bound. */
    final Set<Long> leftOut = new HashSet<>();

    /** The first key that is mirrored though it is below what the exclude names. */
    @Nullable Bytes mirrored;

    boolean warned;

    Tally(ExcludeRule exclude) {
      this.exclude = exclude;
      this.below = exclude.below();
    }
  }

  private final List<Tally> tallies;

  /** Whether all of the source was read in this run. */
  private boolean read;

  /**
   * Binds excludes.
   *
   * @param model what a prefix covers
   * @throws IllegalArgumentException if a prefix is none in that model
   */
  BoundExcludes(List<Exclude> excludes, KeyModel model) {
    this.tallies = excludes.stream().map(one -> new Tally(ExcludeRule.bind(one, model))).toList();
  }

  public boolean isEmpty() {
    return tallies.isEmpty();
  }

  /** The excludes, as they are understood. */
  public List<Exclude> all() {
    return tallies.stream().map(tally -> tally.exclude.exclude()).toList();
  }

  /** Whether a key of the source is left out. */
  boolean matches(Bytes sourceKey) {
    return first(sourceKey) != null;
  }

  private @Nullable Tally first(Bytes sourceKey) {
    if (tallies.isEmpty()) {
      return null;
    }
    String text = sourceKey.utf8();
    for (Tally tally : tallies) {
      if (tally.exclude.matches(sourceKey, text)) {
        return tally;
      }
    }
    return null;
  }

  /** The source holds a key that a rule covers, and that is not mirrored. */
  void leftOut(Bytes sourceKey) {
    Tally tally = first(sourceKey);
    if (tally != null) {
      synchronized (this) {
        if (tally.leftOut.size() < MirrorStatus.Excluded.MOST) {
          tally.leftOut.add(hash(sourceKey));
        }
      }
    }
  }

  /** The source holds a key that is mirrored. */
  void mirrored(Bytes sourceKey) {
    for (Tally tally : tallies) {
      if (tally.below != null && sourceKey.startsWith(tally.below)) {
        synchronized (this) {
          tally.mirrored = tally.mirrored == null ? sourceKey : tally.mirrored;
        }
      }
    }
  }

  /**
   * Warns once of each exclude that does not do what it seems to. Called when the whole source was
   * read.
   */
  public synchronized void judge(String link) {
    read = true;
    for (Tally tally : tallies) {
      String warning = warning(tally);
      if (warning != null && !tally.warned) {
        tally.warned = true;
        log.warn(LogEvent.EXCLUDE_SUSPICIOUS.marker(), "[link={}] {}", link, warning);
      }
    }
  }

  public synchronized List<MirrorStatus.Excluded> told() {
    List<MirrorStatus.Excluded> told = new ArrayList<>(tallies.size());
    for (Tally tally : tallies) {
      told.add(
          new MirrorStatus.Excluded(
              tally.exclude.exclude().toString(), tally.leftOut.size(), warning(tally)));
    }
    return told;
  }

  private @Nullable String warning(Tally tally) {
    String named = DisplayText.of(tally.exclude.exclude());
    if (tally.mirrored != null) {
      return "exclude '%s' matches whole keys only: keys below it are mirrored, first '%s'; to exclude them, exclude the prefix (--exclude-prefix)"
          .formatted(named, DisplayText.of(tally.mirrored));
    }
    return read && tally.leftOut.isEmpty()
        ? "exclude '%s' matches no key of the source; check the pattern".formatted(named)
        : null;
  }

  /** FNV-1a. */
  private static long hash(Bytes key) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < key.size(); i++) {
      hash = (hash ^ (key.at(i) & 0xff)) * 0x100000001b3L;
    }
    return hash;
  }
}
