package org.etcdmirror.core;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How far a long task is. An attempt that is repeated begins again at 0.
 *
 * @param step what is done now
 * @param done how many entries of the source this step has read; in {@link Step#DELETE}, how many
 *     entries of the sink it has deleted
 * @param expected how many there are in all; 0 if that is not known, as for a source that cannot
 *     count its entries. Never less than {@code done}
 * @param written the entries that a resync has written, over all its attempts; else 0
 * @param deleted the entries that a resync has deleted, over all its attempts; else 0
 * @param elapsed the time since this attempt began
 * @param perSecond how much was done in a second lately: within the last 30 seconds if the status
 *     is read each second, within longer if it is read less often. 0 in the first second of a step
 * @param timeLeft the time that the rest of this step takes at this rate; null if it is not known
 */
public record TaskProgress(
    Step step,
    long done,
    long expected,
    long written,
    long deleted,
    Duration elapsed,
    double perSecond,
    @Nullable Duration timeLeft) {

  private static final int PERCENT = 100;

  /** The steps of a resync, in their order, and the one of a plan or a verification. */
  public enum Step {
    /** Reads and writes nothing yet, because the sink or a policy may forbid the copy. */
    LOOK("looking"),
    /** Reads the source and writes what differs. */
    COPY("copying"),
    /** Deletes what the source does not hold. */
    DELETE("deleting"),
    /** Compares both sides and writes nothing. */
    COMPARE("comparing");

    private final String text;

    Step(String text) {
      this.text = text;
    }

    /** Returns the step as a word in a sentence. */
    public String text() {
      return text;
    }
  }

  /** Returns how many of a hundred parts are done; -1 if that is not known. */
  public int percent() {
    return expected == 0 ? -1 : (int) ((double) done / expected * PERCENT);
  }

  /** Describes it in one line. */
  public String describe() {
    StringBuilder line = new StringBuilder(step.text()).append(": ").append(done);
    if (expected > 0) {
      line.append(" of ").append(expected);
    }
    line.append(" entries");
    if (expected > 0) {
      line.append(" (").append(percent()).append("%)");
    }
    if (perSecond > 0) {
      line.append(", ").append(rate()).append(" a second");
    }
    if (timeLeft != null) {
      line.append(", about ").append(inWords(timeLeft)).append(" left");
    }
    if (step != Step.COMPARE) {
      line.append("; %d written, %d deleted".formatted(written, deleted));
    }
    return line.toString();
  }

  /** Returns the rate for a person: a whole number unless it is small. */
  public String rate() {
    return String.format(Locale.ROOT, perSecond < 10 ? "%.1f" : "%.0f", perSecond);
  }

  /** Returns a time for a person, in its two largest units. */
  public static String inWords(Duration time) {
    if (time.toDays() > 0) {
      return "%d d %d h".formatted(time.toDays(), time.toHoursPart());
    }
    if (time.toHours() > 0) {
      return "%d h %d min".formatted(time.toHours(), time.toMinutesPart());
    }
    return time.toMinutes() > 0
        ? "%d min %d s".formatted(time.toMinutes(), time.toSecondsPart())
        : time.toSeconds() + " s";
  }
}
