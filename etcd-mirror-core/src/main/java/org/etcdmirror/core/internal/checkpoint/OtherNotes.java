package org.etcdmirror.core.internal.checkpoint;

import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.internal.log.LogEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes of a checkpoint that this program makes nothing of. It writes them again with each
 * checkpoint, so a large one, which any client of the sink may have put there, would make every
 * write as large.
 */
final class OtherNotes {

  private static final Logger log = LoggerFactory.getLogger(OtherNotes.class);

  /** Of one of them, in characters. */
  static final int LONGEST = 16 * 1024;

  static final int MOST = 100;

  private OtherNotes() {}

  /** Takes away what is more than a program needs that tells the next run something. */
  static void bound(String link, Map<String, String> notes) {
    int before = notes.size();
    notes
        .entrySet()
        .removeIf(note -> {
          boolean isTooLong =
              note.getKey().length() + note.getValue().length() > LONGEST
                  && !note.getKey().equals(HiddenNote.NAME);
          if (isTooLong) {
            log.warn(
                LogEvent.NOTE_DROPPED.marker(),
                "[link={}] dropping unknown checkpoint note: note='{}' characters={} limit={}",
                link,
                DisplayText.of(note.getKey()),
                note.getValue().length(),
                LONGEST);
          }
          return isTooLong;
        });
    if (notes.size() > MOST) {
      log.warn(
          LogEvent.NOTE_DROPPED.marker(),
          "[link={}] dropping unknown checkpoint notes: notes={} kept={}",
          link,
          before,
          HiddenNote.NAME);
      notes.keySet().retainAll(Set.of(HiddenNote.NAME));
    }
  }
}
