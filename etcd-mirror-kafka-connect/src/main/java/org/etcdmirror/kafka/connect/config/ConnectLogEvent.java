package org.etcdmirror.kafka.connect.config;

import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What the connectors log beside the engine. Each line of the log at level INFO or above has one as
 * its marker. The name stays when the text of the line changes. {@code docs/log-events.md} lists
 * them.
 */
public enum ConnectLogEvent {
  CHANGES_MAY_REPEAT("A source connector without exactly-once starts"),
  DELETES_MAY_BE_MISSING("A gap was closed without the deletes in it"),
  PARTITION_NOT_CLAIMED("A task cannot claim a partition in etcd yet, and repeats that"),
  PARTITION_NOT_CHECKED("A task cannot look at its claim of a partition in etcd"),
  RECORDS_NOT_CONFIRMED("The worker has not confirmed records for a minute, or for many"),
  OFFSET_OF_ETCD("A partition goes on from the offset that etcd holds");

  private final String meaning;

  ConnectLogEvent(String meaning) {
    this.meaning = meaning;
  }

  /** Returns what has happened, for people. */
  public String meaning() {
    return meaning;
  }

  /** Returns the marker, such as {@code etcd.mirror.gap.found}. */
  public Marker marker() {
    return MarkerFactory.getMarker(
        "etcd.mirror." + name().toLowerCase(Locale.ROOT).replace('_', '.'));
  }
}
