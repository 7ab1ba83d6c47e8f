package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.UUID;
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

  private static final int TOKEN_LENGTH = 8;

  /** Refuses nulls, but for the plan. */
  public PendingApproval {
    requireNonNull(token, "token");
    requireNonNull(reason, "reason");
    requireNonNull(since, "since");
  }

  /** A new question, with a token of its own. */
  PendingApproval(String reason, Instant since, @Nullable ResyncPlan plan) {
    this(UUID.randomUUID().toString().substring(0, TOKEN_LENGTH), reason, since, plan);
  }

  /** The same under the token of another. */
  PendingApproval as(PendingApproval other) {
    return new PendingApproval(other.token, reason, since, plan);
  }
}
