package org.etcdmirror.core;

import java.time.Duration;
import org.etcdmirror.api.Gap;

/**
 * What a resync did.
 *
 * @param gap why it was needed
 * @param index the source index that the sink was brought level with
 * @param sourceEntries values and directories that the source holds in the scope
 * @param written values and directories that were written because they differed or were missing
 * @param deleted values and directories that were deleted because the source no longer has them
 * @param duration how long it took
 */
public record ResyncReport(
    Gap gap, long index, long sourceEntries, long written, long deleted, Duration duration) {

  /** One line for a person. */
  public String describe() {
    if (gap.reason() == Gap.Reason.NO_CHECKPOINT) {
      return "first copy at index %d: %d of %d entries written, %d deleted, %d ms"
          .formatted(index, written, sourceEntries, deleted, duration.toMillis());
    }
    return "resync at index %d: %d of %d entries differed, %d deleted, %d ms (%s)"
        .formatted(index, written, sourceEntries, deleted, duration.toMillis(), gap.describe());
  }
}
