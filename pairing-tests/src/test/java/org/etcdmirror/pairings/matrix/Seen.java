package org.etcdmirror.pairings.matrix;

import java.util.Set;
import org.etcdmirror.core.MirrorState;
import org.jspecify.annotations.Nullable;

/**
 * What was seen in a cell.
 *
 * @param state the gravest state since the fault began
 * @param alarms the sides that failures were reported of
 * @param call how a call of a person ended; null if there was none
 * @param recovery who let the mirror go on
 * @param messages the failures as they were reported; not compared
 */
record Seen(
    Cell cell,
    MirrorState state,
    Set<String> alarms,
    @Nullable String call,
    String recovery,
    Set<String> messages) {

  /** For the table. */
  String text() {
    StringBuilder text = new StringBuilder(state.name());
    if (!alarms.isEmpty()) {
      text.append(", ").append(String.join(" and ", alarms));
    }
    if (call != null) {
      text.append("; ").append(call);
    }
    if (!recovery.equals(Stage.BY_ITSELF)) {
      text.append("; ").append(recovery);
    }
    return text.toString();
  }
}
