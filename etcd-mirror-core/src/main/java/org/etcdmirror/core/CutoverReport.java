package org.etcdmirror.core;

import java.time.Duration;

/**
 * The result of a cut-over.
 *
 * @param sourceIndex the last index of the old source; the new source holds every change through it
 * @param targetIndex the index of the new source at that moment; the reverse link begins there
 * @param verified the comparison that both sides passed
 * @param duration how long it took
 */
public record CutoverReport(
    long sourceIndex, long targetIndex, VerifyReport verified, Duration duration) {

  /** One line for a person. */
  public String describe() {
    return "cut over at source index %d and target index %d, %s; the way back is armed"
        .formatted(sourceIndex, targetIndex, verified.describe());
  }
}
