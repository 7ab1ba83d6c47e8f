package org.etcdmirror.core.internal.resync;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.internal.diff.Differences;
import org.jspecify.annotations.Nullable;

/** The first differences of each kind with their values, where these are shown; else none. */
final class PlannedDifferences {

  private final Differences differences;
  private final int most;
  private final List<Difference> all = new ArrayList<>();
  private final Map<Difference.Kind, Integer> counts = new EnumMap<>(Difference.Kind.class);

  /**
   * None so far.
   *
   * @param most how many of each kind are kept
   */
  PlannedDifferences(boolean showValues, int most) {
    this.differences = new Differences(showValues);
    this.most = most;
  }

  void missing(Entry wanted, @Nullable Entry found) {
    if (differences.showValues()) {
      add(differences.missing(wanted, found));
    }
  }

  void extra(Entry found) {
    if (differences.showValues()) {
      add(differences.extra(found));
    }
  }

  private void add(Difference difference) {
    if (counts.merge(difference.kind(), 1, Integer::sum) <= most) {
      all.add(difference);
    }
  }

  List<Difference> all() {
    return all;
  }
}
