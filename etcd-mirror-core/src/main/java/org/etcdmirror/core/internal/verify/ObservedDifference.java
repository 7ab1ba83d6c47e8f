package org.etcdmirror.core.internal.verify;

import static org.etcdmirror.core.Difference.Kind.DIFFERENT;
import static org.etcdmirror.core.Difference.Kind.EXTRA;
import static org.etcdmirror.core.Difference.Kind.MISSING;

import java.util.function.Consumer;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.internal.diff.Diff;
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

  private static ObservedDifference of(
      Difference.Kind kind, Entry named, long inSource, long inSink) {
    return new ObservedDifference(new Difference(kind, named.key()), inSource, inSink);
  }

  /** Reports each difference that a walk finds, except expiries that are learned late. */
  record Finder(Consumer<ObservedDifference> seen, boolean contentOnly) implements Diff.Visitor {

    @Override
    public void missing(Entry wanted, @Nullable Entry found) {
      if (found == null) {
        seen.accept(of(MISSING, wanted, wanted.index(), ABSENT));
      } else if (!isNone(wanted, found)) {
        seen.accept(of(DIFFERENT, wanted, wanted.index(), found.index()));
      }
    }

    @Override
    public void extra(Entry found) {
      seen.accept(of(EXTRA, found, ABSENT, found.index()));
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
