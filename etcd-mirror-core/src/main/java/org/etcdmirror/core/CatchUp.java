package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Decides what happens to the backlog: the events that gathered while the mirror was down, cut off
 * or paused. Applied with each connection to the source. Gaps are decided by the {@link
 * org.etcdmirror.core.RecoveryPolicy}.
 *
 * @param mode what to do with a backlog
 * @param events only for {@link Mode#HOLD}: a backlog of more events of the whole source waits; on
 *     etcd v3 these are revisions
 * @param age only for {@link Mode#HOLD}: the backlog waits if the sink was last known to be level
 *     longer ago
 */
public record CatchUp(Mode mode, long events, Duration age) {

  /** What to do with a backlog. */
  public enum Mode {
    /** Applies the events in their order. Events that wait together may be merged. */
    REPLAY,
    /**
     * Compares source and sink and writes only the result of the backlog. Up to 100 events of the
     * whole source are replayed nevertheless, because reading both sides completely costs more.
     */
    COLLAPSE,
    /**
     * A large or old backlog waits for {@link EtcdMirror#approve}, and is then replayed. If the
     * source no longer has the history, or has another one, the resync waits in the same way. The
     * first copy and {@link EtcdMirror#syncOnce} do not wait.
     */
    HOLD
  }

  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if a bound is negative, or has no effect in this mode
   */
  public CatchUp {
    requireNonNull(mode, "mode");
    requireNonNull(age, "age");
    if (events < 0 || age.isNegative()) {
      throw new IllegalArgumentException(
          "bounds must not be negative: events=%d, age=%s".formatted(events, age));
    }
    if (mode != Mode.HOLD && (events > 0 || !age.isZero())) {
      throw new IllegalArgumentException(
          "bounds have no effect with %s: events=%d, age=%s; use hold(...) or leave them out"
              .formatted(mode, events, age));
    }
  }

  /** Returns the default, {@link Mode#REPLAY}. */
  public static CatchUp replay() {
    return new CatchUp(Mode.REPLAY, 0, Duration.ZERO);
  }

  /** Returns {@link Mode#COLLAPSE}. */
  public static CatchUp collapse() {
    return new CatchUp(Mode.COLLAPSE, 0, Duration.ZERO);
  }

  /** Returns {@link Mode#HOLD} for a backlog above either bound. */
  public static CatchUp hold(long events, Duration age) {
    return new CatchUp(Mode.HOLD, events, age);
  }
}
