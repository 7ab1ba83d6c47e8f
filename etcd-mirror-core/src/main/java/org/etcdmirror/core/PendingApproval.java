package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror in {@link MirrorState#BLOCKED} waits for: a person's {@link EtcdMirror#approve}.
 *
 * @param token names this question, and no other one of this or another mirror; for {@link
 *     EtcdMirror#approve}. It stays the same while only the numbers of a backlog, or the index of a
 *     plan, become newer
 * @param reason why, in one line
 * @param since when it stopped for it, on the mirror's clock
 * @param plan what will be done once it is approved; null where that is to go on with a backlog
 */
public record PendingApproval(
    String token, String reason, Instant since, @Nullable ResyncPlan plan) {

  /** Refuses nulls, but for the plan. */
  public PendingApproval {
    requireNonNull(token, "token");
    requireNonNull(reason, "reason");
    requireNonNull(since, "since");
  }
}
