package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.util.function.Predicate;
import org.etcdmirror.api.Gap;

/**
 * Decides what to do about a {@link Gap}. Called by the engine's threads, one call at a time. Must
 * not block. A gap loses history: a resync makes the sink's state equal, deletes included, but the
 * values in between never reach the sink.
 *
 * <pre>{@code
 * // Resync if at most 10,000 events were missed, otherwise fail.
 * RecoveryPolicy few = RecoveryPolicy.resync().upTo(10_000, RecoveryPolicy.fail());
 * // The same, but always resync a sink that was restored.
 * RecoveryPolicy policy =
 *     RecoveryPolicy.resync().when(gap -> gap.reason() == Gap.Reason.SINK_ROLLED_BACK, few);
 * }</pre>
 *
 * <p>No policy is asked about the reasons {@code NO_CHECKPOINT}, {@code FORCED} and {@code
 * CATCH_UP}: no history is lost by them. Of {@code SINK_DRIFTED} and {@code SINK_ROLLED_BACK}, the
 * answer {@code SKIP_GAP} means {@code RESYNC}.
 *
 * <p>A first run is not a gap, so no policy is asked. If the mirror was closed, failed or was
 * killed before a gap ended, the next run asks about that gap again, with the same reason.
 */
@FunctionalInterface
public interface RecoveryPolicy {

  /** What to do. */
  enum Decision {
    /** Stop, so that a person decides. */
    FAIL,
    /** Compare source and sink, and write only the differences, deletes included. */
    RESYNC,
    /** Continue from now on. Changes inside the gap stay missing in the sink. */
    SKIP_GAP
  }

  /**
   * Decides about a gap. If this returns null or throws, the mirror fails and names this policy and
   * the gap. The next run finds the gap again.
   */
  Decision decide(Gap gap);

  /**
   * Asks a policy, as the engine does.
   *
   * @throws RecoveryPolicyException if the policy returns null or throws
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
   * Returns a policy that uses this one for gaps of at most so many events of the whole source, and
   * for a first run. It uses another policy for larger gaps, and for gaps whose events cannot be
   * counted.
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
   * Returns a policy that uses this one for gaps that match a condition, and another one for the
   * rest. If the condition throws, the mirror fails and names the condition and the gap.
   */
  default RecoveryPolicy when(Predicate<Gap> condition, RecoveryPolicy otherwise) {
    requireNonNull(condition, "condition");
    requireNonNull(otherwise, "otherwise");
    return gap -> ask(RecoveryPolicyException.holds(condition, gap) ? this : otherwise, gap);
  }

  /** Returns the default policy: always {@link Decision#RESYNC}. */
  static RecoveryPolicy resync() {
    return gap -> Decision.RESYNC;
  }

  /**
   * Returns a policy that always decides {@link Decision#FAIL}, except for a first run ({@link
   * Gap.Reason#NO_CHECKPOINT}): it has nothing to lose, so the decision is {@link Decision#RESYNC}.
   */
  static RecoveryPolicy fail() {
    return gap -> gap.reason() == Gap.Reason.NO_CHECKPOINT ? Decision.RESYNC : Decision.FAIL;
  }

  /**
   * Returns a policy that always decides {@link Decision#SKIP_GAP}, except for a first run, which
   * is a {@link Decision#RESYNC}. The changes inside the gap are lost. The log says so.
   */
  static RecoveryPolicy skipGap() {
    return gap -> gap.reason() == Gap.Reason.NO_CHECKPOINT ? Decision.RESYNC : Decision.SKIP_GAP;
  }
}
