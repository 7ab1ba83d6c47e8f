package org.etcdmirror.core.internal.checkpoint;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.internal.checkpoint.Suspect.Reach;
import org.jspecify.annotations.Nullable;

/**
 * Suspects as the text of a checkpoint's note: for each endpoint a line {@code lost SINCE
 * ENDPOINT}, and below it lines {@code key KEY}, {@code tree KEY} or {@code everything}.
 */
public final class SuspectsNote {

  /** A program that does not know it must not go on from a checkpoint that has it. */
  public static final String NAME = MirrorStatus.Suspects.NOTE;

  private static final String LOST = "lost";
  private static final String NO_ENDPOINT = "-";

  /** Suspects of one endpoint. */
  record Lost(String endpoint, Instant since, List<Suspect> suspects) {}

  private SuspectsNote() {}

  static String format(Collection<SuspectGroup> groups) {
    List<String> lines = new ArrayList<>();
    for (SuspectGroup group : groups) {
      String endpoint = group.endpoint().isEmpty() ? NO_ENDPOINT : group.endpoint();
      lines.add("%s %s %s".formatted(LOST, group.since(), endpoint));
      for (Suspect suspect : group.suspects()) {
        String reach = suspect.reach().name().toLowerCase(Locale.ROOT);
        lines.add(
            suspect.reach() == Reach.EVERYTHING ? reach : reach + " " + NoteText.of(suspect.key()));
      }
    }
    return String.join("\n", lines);
  }

  /**
   * The suspects again.
   *
   * @throws PermanentException if the text is none: what may land late is not known then
   */
  static List<Lost> parse(String note) {
    List<Lost> all = new ArrayList<>();
    try {
      for (String line : note.split("\n", -1)) {
        String[] words = line.split(" ", 2);
        if (words[0].equals(LOST)) {
          String[] where = words[1].split(" ", 2);
          String endpoint = where[1].equals(NO_ENDPOINT) ? "" : where[1];
          all.add(new Lost(endpoint, Instant.parse(where[0]), new ArrayList<>()));
        } else {
          Reach reach = Reach.valueOf(words[0].toUpperCase(Locale.ROOT));
          Bytes key = reach == Reach.EVERYTHING ? Bytes.EMPTY : NoteText.parse(words[1]);
          all.get(all.size() - 1).suspects().add(new Suspect(reach, key));
        }
      }
      return all;
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
      throw new PermanentException(
          "checkpoint note '%s' is unreadable: %s; compare both sides, then remove the note or set the index again"
              .formatted(NAME, DisplayText.of(e.getMessage())),
          e);
    }
  }

  /** The suspects of a checkpoint's note, for display; null if there are none. */
  public static MirrorStatus.@Nullable Suspects describe(Checkpoint stored) {
    String note = stored.notes().get(NAME);
    if (note == null) {
      return null;
    }
    List<Lost> all = parse(note);
    return new MirrorStatus.Suspects(
        all.stream().mapToInt(lost -> lost.suspects().size()).sum(),
        all.stream().map(Lost::since).min(Comparator.naturalOrder()).orElse(Instant.EPOCH),
        all.stream().map(Lost::endpoint).toList());
  }
}
