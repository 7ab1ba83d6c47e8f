package org.etcdmirror.service.command;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Checkpoint;
import org.jspecify.annotations.Nullable;

/** The notes of a checkpoint that say that the next run must compare source and sink. */
final class DoubtNotes {

  private static final String MUST = "must-";
  private static final String COMPARE = "must-compare";
  private static final String AT_START = "must-compare-at-start";

  /** Those that this version knows. The engine compares suspects without being asked. */
  private static final Set<String> KNOWN = Set.of(COMPARE, AT_START, "must-suspects");

  private DoubtNotes() {}

  /** Returns whether the first copy is not finished. */
  static boolean isFirstCopy(Checkpoint stored) {
    return stored.notes().getOrDefault(COMPARE, "").contains("NO_CHECKPOINT ");
  }

  /** Finds a critical note that this version does not know; null if there is none. */
  static @Nullable String unknown(Checkpoint stored) {
    for (String name : stored.notes().keySet()) {
      if (name.startsWith(MUST) && !KNOWN.contains(name)) {
        return name;
      }
    }
    return null;
  }

  /** Returns why the next run must compare; null if it need not. */
  static @Nullable String text(Checkpoint stored) {
    String now = stored.notes().get(COMPARE);
    return now != null ? now : stored.notes().get(AT_START);
  }

  /** Returns the notes without the doubts. */
  static Map<String, String> without(Map<String, String> notes) {
    Map<String, String> others = new TreeMap<>(notes);
    others.remove(COMPARE);
    others.remove(AT_START);
    return others;
  }
}
