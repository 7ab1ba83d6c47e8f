package org.etcdmirror.core;

import java.util.function.Predicate;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RecoveryPolicy}, or a condition of one, gave no decision: it gave null or threw. The
 * mirror fails. Nothing was done about the gap, and the next run finds it again.
 */
public final class RecoveryPolicyException extends PermanentException {

  private static final long serialVersionUID = 1L;

  RecoveryPolicyException(
      String kind, Object asked, String did, Gap gap, @Nullable Throwable cause) {
    super(
        "the %s %s %s for the gap '%s'; mend it and start again"
            .formatted(kind, asked.getClass().getName(), did, gap.describe()),
        cause);
  }

  /** Whether a condition holds of a gap. */
  static boolean holds(Predicate<Gap> condition, Gap gap) {
    try {
      return condition.test(gap);
    } catch (Throwable e) {
      throw new RecoveryPolicyException(
          "condition of a recovery policy", condition, "threw " + e, gap, e);
    }
  }
}
