package org.etcdmirror.service.log;

import java.util.Locale;
import org.slf4j.Marker;
import org.slf4j.MarkerFactory;

/**
 * What the service logs beside the engine. Each line of the log at level INFO or above has one as
 * its marker. The name stays when the text of the line changes. {@code docs/log-events.md} lists
 * them.
 */
public enum ServiceLogEvent {
  ACTED("A person paused, resumed, approved or ended something"),
  ACT_REFUSED("An act was refused, because the client may not do it"),
  AUDIT_NOT_WRITTEN("Changes are missing in the audit"),
  AUDIT_WRITTEN_AGAIN("The audit can be written again"),
  DUMPS_NOT_REMOVED("Old dumps cannot be removed"),
  DUMP_NOT_WRITTEN("A dump of the failure cannot be written"),
  DUMP_WRITTEN("What happened before the failure was written to a file"),
  FILE_READABLE("Every user of the machine can read a file that should be secret"),
  LINES_LEFT_OUT("Lines like this were left out, because they repeated"),
  LINK_FAILED("A link failed, and the others go on"),
  PAGES_SERVED("The address of the pages"),
  PAGE_FAILED("A page failed by a mistake of the program"),
  PASSWORD_UNENCRYPTED("A password crosses the network without encryption"),
  PASSWORD_VISIBLE("Every user of the machine can read a password in the list of processes"),
  PROGRESS("How far a copy or a comparison is"),
  PROGRESS_UNKNOWN("The progress cannot be shown now"),
  RELOADED("A changed configuration was taken over"),
  RELOAD_REFUSED("A changed configuration was refused, and nothing changed"),
  REQUEST_CUT_OFF("The end of the program cut off a request"),
  SIGNAL_UNUSABLE("A signal cannot be caught, so it ends the program"),
  STOPPED("The mirror stopped: its index and the stored one"),
  SYSTEMD_NOT_TOLD("systemd may not know the state"),
  TOKEN_UNUSABLE("The file of the token cannot be used, so no token counts");

  private final String meaning;

  ServiceLogEvent(String meaning) {
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
