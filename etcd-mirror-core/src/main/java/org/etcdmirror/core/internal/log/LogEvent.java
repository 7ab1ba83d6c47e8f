package org.etcdmirror.core.internal.log;

import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What the engine logs. Each line of the log at level INFO or above has one as its marker. The name
 * stays when the text of the line changes. {@code docs/log-events.md} lists them.
 */
public enum LogEvent {
  APPROVAL_UNCHECKED(
      "It could not be checked whether an approval is still needed; it is tried again"),
  APPROVAL_WITHDRAWN("An approval is no longer needed, and the mirror goes on"),
  APPROVED("A person approved what the mirror waited for"),
  BLOCKED("The mirror waits for a person, or still does and the plan has changed"),
  CLOSE_FAILED("The source, the sink or the index store could not be closed"),
  CLOSE_INTERRUPTED("The mirror was closed during a batch; it is read again at the next start"),
  CLOSE_TIMED_OUT("Closing took longer than its limit"),
  CLUSTERS_SHARE_ID("Source and sink have the same id and are two clusters"),
  CLUSTERS_UNKNOWN("A plan or a verification cannot tell whether source and sink are one cluster"),
  COPY_OVERWRITES("The first copy overwrites values in the sink"),
  COPY_STARTED("The first copy began"),
  CUTOVER_DONE("Writers may use the sink"),
  DELETES_EXPIRED("Keys that expired together are deleted without an approval"),
  DOUBT_NOT_SAVED("It could not be stored at the end that the sink may not be level"),
  ENTRY_UNSUPPORTED("The sink cannot hold an entry"),
  EXCLUDE_SUSPICIOUS("An exclude leaves out nothing, or not what is below it"),
  FAILED("The mirror failed for good"),
  FORMER_KEYS_STAY("Keys of a former scope are not removed in this run"),
  GAP_COVERED("A resync that was done before closes this gap as well"),
  GAP_ENDED("A gap ended: its decision, and what was written"),
  GAP_FOUND("History cannot be followed event by event: the reason and the decision"),
  GAP_SKIPPED("A gap was skipped, so its changes are lost"),
  HEADROOM_UNKNOWN("How long history lasts is no longer measured"),
  INDEX_NOT_SAVED("The last index could not be stored at the end"),
  LEAD_CHANGED("Another member of the link leads"),
  LEAD_LOST("This member no longer leads, and stands by"),
  LEAD_NOT_PROLONGED("This member could not prolong its lead"),
  LEAD_NOT_RESIGNED("This member could not give up its lead, which ends with its term"),
  LEAD_UNKNOWN("It could not be asked which member leads"),
  LISTENERS_STOPPED("The listeners of a live cache get no more updates"),
  LISTENER_THREW("A listener or an observer threw, and the mirror goes on"),
  MEMBER_NAME_DUPLICATE("Another member of the link has the name of this one, and leads"),
  NOTE_DROPPED("A note of the checkpoint that this version does not know was too large to keep"),
  NOTE_UNREADABLE("A note of the checkpoint, or what another link stored, cannot be read"),
  PREFIX_EMPTY("The source has nothing under a prefix"),
  PREFIX_SUSPICIOUS("Only one of two prefixes ends with a slash"),
  RESYNC_AGAIN(
      "A resync or its plan begins again, because a side has changed or a stream was lost"),
  RESYNC_DONE("A first copy or a resync ended: what was written and deleted"),
  RESYNC_LOOP("Resyncs follow each other for the same reason"),
  RESYNC_STARTED("Source and sink are compared"),
  RETRY("A call failed and is repeated"),
  SCOPE_CHANGED("The link mirrored another scope before"),
  SINK_AWAY("The sink does not answer while nothing is written"),
  SINK_DRIFTED("The sink no longer holds what was applied to it"),
  SINK_REPLACED("The checkpoint belongs to another sink"),
  SOURCE_NOTICE("The source noticed something: events read again from history, or history outrun"),
  STATE_CHANGED("The state of the mirror changed"),
  SUSPECTS_ADDED("The outcome of a write is unknown; its keys are compared"),
  SUSPECTS_ALL("The last run stopped during its writes; all entries are compared"),
  SUSPECTS_CLEARED("Late writes are impossible now"),
  SUSPECTS_REPAIRED("A late write had changed keys, and they were written again"),
  SUSPECTS_TOO_MANY("Too many keys are suspect; all entries are compared"),
  SUSPECTS_UNCOMPARED("Suspect keys could not be compared; it is tried again"),
  VALUE_LOSSY("The source replaced bytes of a value"),
  VALUE_UNDECODABLE("A live cache leaves out a value that cannot be decoded"),
  VERIFIED("A comparison of both sides ended"),
  VERIFY_FAILED("A scheduled verification failed; the next one comes");

  private final String meaning;

  LogEvent(String meaning) {
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
