package org.etcdmirror.core.internal.keys;

import java.util.Collection;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.core.MirrorScope;

/**
 * The mirrors' own keys on both sides of a link. Sources and sinks hide those that each of them
 * knows; the engine looks again, for custom ones, and for the keys that only a checkpoint names.
 * Safe for use by many threads.
 */
final class HiddenKeys {

  private final OwnKeySet inSink;
  private volatile OwnKeySet inSource = OwnKeySet.DEFAULT;

  /**
   * The keys.
   *
   * @param sinkKeys what the sink says that it keeps for itself
   */
  HiddenKeys(Collection<Bytes> sinkKeys) {
    this.inSink = OwnKeySet.DEFAULT.and(sinkKeys);
  }

  /** The source turned out to hold what a mirror remembers at these keys as well. */
  synchronized void alsoInSource(Collection<Bytes> keys) {
    inSource = inSource.and(keys);
  }

  /** Whether the source's key is no data. */
  boolean inSource(Bytes key) {
    return inSource.contains(key);
  }

  /** Whether the sink's key is no data, and never to be written. */
  boolean inSink(Bytes key) {
    return inSink.contains(key);
  }

  /**
   * Refuses prefixes that are the mirrors' own.
   *
   * @throws IllegalArgumentException as {@link OwnKeySet#refuse} does
   */
  void refuse(List<MirrorScope.Rule> rules) {
    for (MirrorScope.Rule rule : rules) {
      OwnKeySet.DEFAULT.refuse(rule.source());
      inSink.refuse(rule.target());
    }
  }

  /**
   * Whether an entry may come to such a name in the sink. Where names stay, the source has none
   * below the common place, so that it takes a rename, or a key that only the sink knows of.
   *
   * @param renames whether a transform changes names
   */
  boolean mayBeMade(BoundRules rules, boolean renames) {
    return rules.all().stream()
        .anyMatch(rule ->
            (renames || !rule.source().equals(rule.target()))
                ? inSink.isReachedBy(rules.model(), rule.target())
                : inSink.elsewhere().stream()
                    .anyMatch(key -> rules.model().covers(rule.target(), key)));
  }
}
