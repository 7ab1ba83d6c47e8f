package org.etcdmirror.core.internal.unsupported;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.jspecify.annotations.Nullable;

/**
 * Finds what the sink cannot hold of one snapshot, whose entries come in ascending order. Of a
 * value and what is below it the value comes first, and wins.
 *
 * <p>Between the two may stand others: {@code /a}, {@code /a-b}, {@code /a/b}. So what is kept of
 * those that came before are all that the present key begins with, byte by byte.
 */
public final class SnapshotFilter {

  private final EntryRules rules;
  private final Deque<Bytes> begun = new ArrayDeque<>();
  private final Set<Bytes> shadowing = new HashSet<>();
  private long refused;

  public SnapshotFilter(EntryCheck check) {
    this(check.rules());
  }

  public SnapshotFilter(EntryRules rules) {
    this.rules = rules;
  }

  /** Why the sink cannot hold the entry, which bears the sink's key; null if it can. */
  @Nullable
  public Refusal refusal(Entry entry) {
    Refusal refusal = rules.refusal(entry);
    if (refusal == null && rules.findClashes()) {
      refusal = clash(entry.key());
    }
    refused += refusal == null ? 0 : 1;
    return refusal;
  }

  private @Nullable Refusal clash(Bytes key) {
    while (!begun.isEmpty() && !key.startsWith(begun.element())) {
      begun.remove();
    }
    for (Bytes above : begun) {
      if (key.at(above.size()) == (byte) '/') {
        shadowing.add(above);
        return EntryCheck.shadowed(key, above);
      }
    }
    begun.push(key);
    return null;
  }

  /** The number of entries refused so far. */
  public long refused() {
    return refused;
  }

  /** The values above others, so far. */
  public Set<Bytes> shadowing() {
    return shadowing;
  }
}
