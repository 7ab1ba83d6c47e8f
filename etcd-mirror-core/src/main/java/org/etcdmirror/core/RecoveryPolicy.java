package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.util.function.Predicate;
import org.etcdmirror.api.Gap;

/**
 * Decides what to do about a {@link Gap}. Called by the engine's threads, one call at a time; must
 * not block. What is lost in a gap is history: a resync brings the sink's state level, deletes
 * included, but intermediate values that cannot be read any more never reach the sink.
 *
 * <pre>{@code
 * // Resync where at most 10,000 events are missed, and stop for a person where it is more.
 * RecoveryPolicy few = RecoveryPolicy.resync().upTo(10_000, RecoveryPolicy.fail());
 * // The same, but always resync a sink that was put back.
 * RecoveryPolicy policy =
 *     RecoveryPolicy.resync().when(gap -> gap.reason() == Gap.Reason.SINK_ROLLED_BACK, few);
 * }</pre>
 *
 * <p>No policy is asked about the reasons {@code NO_CHECKPOINT}, {@code FORCED} and {@code
 * CATCH_UP}: no history is lost by them. Of {@code SINK_DRIFTED} and {@code SINK_ROLLED_BACK}, the
 * answer {@code SKIP_GAP} means {@code RESYNC}.
 *
 * <p>A first run is no gap and is never asked about. A gap that was found and not ended, because
 * the mirror was closed, failed or was killed, is asked about again by the next run, as what it is.
 */
@FunctionalInterface
public interface RecoveryPolicy {

  /** What to do. */
  enum Decision {
    /** Stop, so that a person decides. */
    FAIL,
    /** Compare source and sink, and write only the differences, deletes included. */
    RESYNC,
    /** Go on from now, knowing that changes inside the gap are missing in the sink. */
    SKIP_GAP
  }

  /**
   * The decision for this gap. If this gives null or throws, the mirror fails and names this policy
   * and the gap; the next run finds the gap again.
   */
  Decision decide(Gap gap);

  /**
   * Asks a policy, as the engine does.
   *
   * @throws RecoveryPolicyException if the policy gives null or throws
   */
  static Decision ask(RecoveryPolicy policy, Gap gap) {
    Decision decision;
    try {
      decision = policy.decide(gap);
    } catch (RecoveryPolicyException e) {
      // A policy that it is made of is named already.
      throw e;
    } catch (Throwable e) {
      throw new RecoveryPolicyException("recovery policy", policy, "threw " + e, gap, e);
    }
    if (decision == null) {
      throw new RecoveryPolicyException("recovery policy", policy, "gave null", gap, null);
    }
    return decision;
  }

  /**
   * This policy where a gap spans no more than so many events of the whole source, and another one
   * where it spans more or where they cannot be counted. A first run is left to this one.
   *
   * @throws IllegalArgumentException if {@code events} is negative
   */
  default RecoveryPolicy upTo(long events, RecoveryPolicy beyond) {
    if (events < 0) {
      throw new IllegalArgumentException("events must not be negative: " + events);
    }
    return when(
        gap ->
            gap.reason() == Gap.Reason.NO_CHECKPOINT
                || (gap.isCountable() && gap.events() <= events),
        beyond);
  }

  /**
   * This policy for the gaps that a condition holds of, and another one for the others. If the
   * condition throws, the mirror fails and names the condition and the gap.
   */
  default RecoveryPolicy when(Predicate<Gap> condition, RecoveryPolicy otherwise) {
    requireNonNull(condition, "condition");
    requireNonNull(otherwise, "otherwise");
    return gap -> ask(RecoveryPolicyException.holds(condition, gap) ? this : otherwise, gap);
  }

  /** Always {@link Decision#RESYNC}: the default. */
  static RecoveryPolicy resync() {
    return gap -> Decision.RESYNC;
  }

  /**
   * {@link Decision#FAIL}, but for a first run ({@link Gap.Reason#NO_CHECKPOINT}), which has
   * nothing to lose and is a {@link Decision#RESYNC}.
   */
  static RecoveryPolicy fail() {
    return gap -> gap.reason() == Gap.Reason.NO_CHECKPOINT ? Decision.RESYNC : Decision.FAIL;
  }

  /**
   * {@link Decision#SKIP_GAP}, but for a first run, which is a {@link Decision#RESYNC}. What
   * happened inside the gap is lost, and said so in the log.
   */
  static RecoveryPolicy skipGap() {
    return gap -> gap.reason() == Gap.Reason.NO_CHECKPOINT ? Decision.RESYNC : Decision.SKIP_GAP;
  }
}
