package org.etcdmirror.spring;

import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What the starter logs beside the engine. Each line of the log at level INFO or above has one as
 * its marker. The name stays when the text of the line changes. {@code docs/log-events.md} lists
 * them.
 */
enum StarterLogEvent {
  APPLICATION_ENDS("A link with `fail-fast` failed, so the application ends"),
  LINK_NOT_STARTED("A link cannot be started; the application goes on");

  private final String meaning;

  StarterLogEvent(String meaning) {
    this.meaning = meaning;
  }

  /** Returns what has happened, for people. */
  String meaning() {
    return meaning;
  }

  /** Returns the marker, such as {@code etcd.mirror.gap.found}. */
  Marker marker() {
    return MarkerFactory.getMarker(
        "etcd.mirror." + name().toLowerCase(Locale.ROOT).replace('_', '.'));
  }
}
