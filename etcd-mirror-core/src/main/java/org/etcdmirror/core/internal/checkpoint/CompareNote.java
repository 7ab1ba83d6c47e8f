package org.etcdmirror.core.internal.checkpoint;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.jspecify.annotations.Nullable;

/**
 * The notes of a checkpoint that no program may ignore. Their names begin with {@code must-}: a
 * program that does not know such a note refuses the checkpoint, because a newer one wrote it and
 * meant it.
 *
 * <p>{@code must-compare} says that the sink may not be level with the source, and why: for each
 * reason what it is called, the index at which it was found and since when. {@code
 * must-compare-at-start} says that the sink is level, but that only the run which wrote it can go
 * on by events alone.
 */
public final class CompareNote {

  public static final String NOW = "must-compare";
  static final String AT_START = "must-compare-at-start";

  private static final String MUST = "must-";
  private static final Set<String> KNOWN = Set.of(NOW, AT_START, SuspectsNote.NAME);
  private static final String FIRST_COPY = " (first copy not finished)";
  private static final Pattern TEXT =
      Pattern.compile("([A-Z_]+) at index (\\d+) since (\\S+?)(?: \\(.*\\))?");

  /** The limit of one doubt's text. Any client of the sink may have written the checkpoint. */
  private static final int LONGEST = 300;

  private CompareNote() {}

  /** Null if there is no doubt. */
  public static @Nullable String format(List<Doubt> doubts) {
    if (doubts.isEmpty()) {
      return null;
    }
    StringJoiner text = new StringJoiner("; ");
    for (Doubt doubt : doubts) {
      Gap gap = doubt.gap();
      boolean first = gap.reason() == Gap.Reason.NO_CHECKPOINT;
      text.add(
          "%s at index %d since %s%s"
              .formatted(gap.reason(), gap.from(), doubt.since(), first ? FIRST_COPY : ""));
    }
    return text.toString();
  }

  /**
   * Why the sink of a checkpoint may not be level. A first copy that was not finished is all there
   * is to know.
   *
   * @throws PermanentException if the checkpoint bears what this program does not understand
   */
  public static List<Doubt> read(Checkpoint stored) {
    refuseUnknown(stored);
    String note = stored.notes().get(NOW);
    List<Doubt> doubts = new ArrayList<>();
    if (note != null) {
      for (String one : note.split("; ", -1)) {
        Doubt doubt = parse(one, stored.index());
        if (doubt.gap().reason() == Gap.Reason.NO_CHECKPOINT) {
          return List.of(doubt);
        }
        doubts.add(doubt);
      }
    }
    return doubts;
  }

  /** Whether it says that the first copy is not finished; false also if it is not readable. */
  public static boolean saysFirstCopy(Checkpoint stored) {
    return stored.notes().getOrDefault(NOW, "").contains(Gap.Reason.NO_CHECKPOINT + " ");
  }

  /** Whether it says of a checkpoint that the sink may not be level. */
  public static boolean isIn(Checkpoint stored) {
    return stored.notes().containsKey(NOW);
  }

  /** Whether a checkpoint says nothing but that the first copy is not finished. */
  public static boolean isFirstCopy(Checkpoint stored) {
    return isFirstCopy(read(stored));
  }

  static boolean isFirstCopy(List<Doubt> doubts) {
    return doubts.stream().anyMatch(doubt -> doubt.gap().reason() == Gap.Reason.NO_CHECKPOINT);
  }

  /**
   * Checks that each note that may not be ignored is known.
   *
   * @throws PermanentException if one is not
   */
  public static void refuseUnknown(Checkpoint stored) {
    for (Map.Entry<String, String> note : stored.notes().entrySet()) {
      String name = note.getKey();
      if (name.startsWith(MUST) && !KNOWN.contains(name)) {
        throw new PermanentException(
            "checkpoint at index %d has the unknown note '%s' (%s); a newer version wrote it and this version must not ignore it: run the newer version"
                .formatted(stored.index(), DisplayText.of(name), DisplayText.of(note.getValue())));
      }
    }
  }

  /** The gap begins where the checkpoint is: that is what the sink holds at least. */
  private static Doubt parse(String text, long stored) {
    Matcher found = TEXT.matcher(text);
    try {
      if (text.length() <= LONGEST && found.matches()) {
        Gap.Reason reason = Gap.Reason.valueOf(found.group(1));
        long from = reason == Gap.Reason.NO_CHECKPOINT ? 0 : stored;
        return new Doubt(new Gap(reason, from, 0, stored), Instant.parse(found.group(3)));
      }
    } catch (IllegalArgumentException | DateTimeException e) {
      throw unreadable(text, e);
    }
    throw unreadable(text, null);
  }

  private static PermanentException unreadable(String text, @Nullable Exception cause) {
    return new PermanentException(
        "checkpoint note '%s' is unreadable: '%s'; if a newer version wrote it, run that version, else remove the note with 'index set --force'"
            .formatted(NOW, DisplayText.of(text)),
        cause);
  }
}
