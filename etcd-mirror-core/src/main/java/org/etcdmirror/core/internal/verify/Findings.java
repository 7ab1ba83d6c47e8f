package org.etcdmirror.core.internal.verify;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.core.Difference;

/** Differences, of which the first are named and the others counted. */
final class Findings {

  private static final int SAMPLES = 100;

  private final Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
  private final List<Difference> samples = new ArrayList<>();
  private long total;

  void add(Difference difference) {
    counts.merge(difference.kind(), 1L, Long::sum);
    total++;
    if (samples.size() < SAMPLES) {
      samples.add(difference);
    }
  }

  long count(Difference.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  long total() {
    return total;
  }

  List<Difference> samples() {
    return samples;
  }
}
