package org.etcdmirror.core;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a comparison of source and sink found.
 *
 * @param at when it ended, on the mirror's clock
 * @param endedNanos the same moment as {@link System#nanoTime()} counts, for the report's age
 * @param duration how long it took
 * @param index the source index of the comparison
 * @param compared values and directories that the source holds in the scope
 * @param missing how many the sink lacks
 * @param different how many the sink holds otherwise
 * @param extra how many the sink holds and the source does not
 * @param unsettled how many differed at first and are not decided: they changed too often since, or
 *     were too many to be looked at again, or the sink did not come forward any more
 * @param unsupported how many the sink cannot hold and the mirror leaves out; not counted above
 * @param behind how far the sink was behind the source that it was compared with in the end, in
 *     events of the whole source; 0 if it had come to it, as it has with a mirror that runs. If
 *     not, differences may be on their way
 * @param samples the first 100 of the differences, in key order
 */
public record VerifyReport(
    Instant at,
    long endedNanos,
    Duration duration,
    long index,
    long compared,
    long missing,
    long different,
    long extra,
    long unsettled,
    long unsupported,
    long behind,
    List<Difference> samples) {

  /** Copies the list. */
  public VerifyReport {
    samples = List.copyOf(samples);
  }

  /** How long ago it ended. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - endedNanos);
  }

  /** How many differences are real. */
  public long differences() {
    return missing + different + extra;
  }

  /** Whether both sides are proven equal. */
  public boolean isEqual() {
    return differences() == 0 && unsettled == 0;
  }

  /** One line for a person. */
  public String describe() {
    return "%s at index %d: %d compared, %d missing, %d different, %d extra%s%s%s, %d ms"
        .formatted(
            isEqual() ? "equal" : "not equal",
            index,
            compared,
            missing,
            different,
            extra,
            unsettled > 0 ? ", %d unsettled".formatted(unsettled) : "",
            unsupported > 0 ? ", %d not supported by the sink".formatted(unsupported) : "",
            behind > 0 ? ", the sink is %d events behind".formatted(behind) : "",
            duration.toMillis());
  }
}
