package org.etcdmirror.core.internal.verify;

import java.util.function.Consumer;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.internal.diff.Diff;
import org.etcdmirror.core.internal.diff.Differences;
import org.jspecify.annotations.Nullable;

/**
 * A key that was seen not to be the same on both sides.
 *
 * @param difference how
 * @param inSource the index of the source's entry, its version; {@link #ABSENT} if there was none
 * @param inSink the same of the sink's
 */
record ObservedDifference(Difference difference, long inSource, long inSink) {

  static final long ABSENT = -1;

  /** Reports each difference that a walk finds, except expiries that are learned late. */
  record Finder(Consumer<ObservedDifference> seen, boolean contentOnly, Differences differences)
      implements Diff.Visitor {

    @Override
    public void missing(Entry wanted, @Nullable Entry found) {
      if (found == null || !isNone(wanted, found)) {
        seen.accept(
            new ObservedDifference(
                differences.missing(wanted, found),
                wanted.index(),
                found == null ? ABSENT : found.index()));
      }
    }

    @Override
    public void extra(Entry found) {
      seen.accept(new ObservedDifference(differences.extra(found), ABSENT, found.index()));
    }

    /**
     * No watch reports that a time to live was prolonged. The mirror asks in time, and until then
     * the sink's copy is to go earlier.
     */
    private boolean isNone(Entry wanted, Entry found) {
      Expiry later = wanted.expiresAt();
      Expiry earlier = found.expiresAt();
      boolean prolonged = later != null && earlier != null && earlier.isBefore(later);
      return (contentOnly || prolonged) && Diff.sameContent(wanted, found);
    }
  }
}
