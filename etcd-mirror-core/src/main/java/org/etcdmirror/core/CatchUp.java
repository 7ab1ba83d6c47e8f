package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What becomes of the events that gathered while the mirror was down, cut off or paused: old
 * decisions that would otherwise be applied all at once. Each connection to the source asks anew; a
 * gap is for the {@link org.etcdmirror.core.RecoveryPolicy}.
 *
 * @param mode what is done
 * @param events a larger backlog is held back, counted in events of the whole source, on etcd v3 in
 *     revisions; for {@link Mode#HOLD} alone
 * @param age a sink that was last known to be level longer ago is held back; for {@link Mode#HOLD}
 *     alone
 */
public record CatchUp(Mode mode, long events, Duration age) {

  /** What is done with a backlog. */
  public enum Mode {
    /** The events are applied in their order; those that waited together may be merged. */
    REPLAY,
    /**
     * Only what came of them is written: source and sink are compared. Up to 100 events of the
     * whole source are replayed all the same, because to read both sides whole costs more than they
     * do, and of those that wait together only the last of each key is written anyway.
     */
    COLLAPSE,
    /**
     * A large or old one waits for {@link EtcdMirror#approve}, and is replayed then. Where the
     * source no longer has its history, or is of another one, the resync that would bring it waits
     * in the same way; the first copy and {@link EtcdMirror#syncOnce} do not.
     */
    HOLD
  }

  /**
   * Refuses what cannot be.
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

  /** {@link Mode#REPLAY}: the default. */
  public static CatchUp replay() {
    return new CatchUp(Mode.REPLAY, 0, Duration.ZERO);
  }

  /** {@link Mode#COLLAPSE}. */
  public static CatchUp collapse() {
    return new CatchUp(Mode.COLLAPSE, 0, Duration.ZERO);
  }

  /** {@link Mode#HOLD} above either bound. */
  public static CatchUp hold(long events, Duration age) {
    return new CatchUp(Mode.HOLD, events, age);
  }
}
