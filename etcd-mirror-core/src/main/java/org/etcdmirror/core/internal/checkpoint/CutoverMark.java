package org.etcdmirror.core.internal.checkpoint;

import static java.util.Objects.requireNonNull;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.core.VerifyReport;
import org.jspecify.annotations.Nullable;

/**
 * The note in a checkpoint that says: this link has ended, its writers have moved to its sink. It
 * has all that is needed to finish a cut-over that was broken off behind it.
 *
 * @param sourceIndex the source's index through which the sink holds everything
 * @param targetIndex the target's index behind the mirror's last write
 * @param targetCluster the target's identity, as the reverse link's source spells it
 * @param compared how many entries were compared, and found equal
 * @param leftOut how many the sink cannot hold
 * @param at when that was
 */
public record CutoverMark(
    long sourceIndex,
    long targetIndex,
    String targetCluster,
    long compared,
    long leftOut,
    Instant at) {

  private static final String NOTE = "cutover";

  /** The limit of the text. Any client of the sink may have written the checkpoint. */
  private static final int LONGEST = 2_000;

  private static final Pattern TEXT =
      Pattern.compile(
          "source (\\d+), target (\\d+), cluster (.*), compared (\\d+), left out (\\d+), at (\\S+)",
          Pattern.DOTALL);

  public CutoverMark {
    requireNonNull(targetCluster, "targetCluster");
    requireNonNull(at, "at");
  }

  /** Whether the link of this checkpoint has ended, readable or not. */
  public static boolean isIn(Checkpoint checkpoint) {
    return checkpoint.notes().containsKey(NOTE);
  }

  /**
   * The mark in a checkpoint, or null if its link has not ended.
   *
   * @throws PermanentException if there is one that cannot be read
   */
  public static @Nullable CutoverMark of(Checkpoint checkpoint) {
    String text = checkpoint.notes().get(NOTE);
    return text == null ? null : parse(text);
  }

  private static CutoverMark parse(String text) {
    Matcher found = TEXT.matcher(text);
    try {
      if (text.length() <= LONGEST && found.matches()) {
        return new CutoverMark(
            Long.parseLong(found.group(1)),
            Long.parseLong(found.group(2)),
            found.group(3),
            Long.parseLong(found.group(4)),
            Long.parseLong(found.group(5)),
            Instant.parse(found.group(6)));
      }
    } catch (NumberFormatException | DateTimeException e) {
      throw unreadable(text, e);
    }
    throw unreadable(text, null);
  }

  private static PermanentException unreadable(String text, @Nullable Exception cause) {
    return new PermanentException(
        "the link was cut over, but its checkpoint note '%s' is unreadable: '%s'; delete this link's checkpoint to copy again"
            .formatted(NOTE, DisplayText.of(text)),
        cause);
  }

  /** The checkpoint with this mark besides its other notes. */
  public Checkpoint in(Checkpoint checkpoint) {
    Map<String, String> notes = new TreeMap<>(checkpoint.notes());
    notes.put(
        NOTE,
        "source %d, target %d, cluster %s, compared %d, left out %d, at %s"
            .formatted(sourceIndex, targetIndex, targetCluster, compared, leftOut, at));
    return checkpoint.withNotes(notes);
  }

  /** The result of the comparison, as far as the mark holds it. */
  public VerifyReport verified() {
    return new VerifyReport(
        at,
        System.nanoTime(),
        Duration.ZERO,
        sourceIndex,
        compared,
        0,
        0,
        0,
        0,
        leftOut,
        0,
        List.of());
  }

  /** Why the link does not start any more, in one line. */
  public PermanentException refusal(String link) {
    return new PermanentException(
        "%s was cut over at %s: its sink holds everything through source index %d, and the reverse link begins at index %d of cluster %s; to mirror in this direction again, cut the reverse link over, or delete this link's checkpoint to copy again"
            .formatted(link, at, sourceIndex, targetIndex, targetCluster));
  }
}
