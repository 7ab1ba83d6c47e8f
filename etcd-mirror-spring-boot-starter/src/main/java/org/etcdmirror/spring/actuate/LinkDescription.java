package org.etcdmirror.spring.actuate;

import java.time.Instant;
import java.util.Locale;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.PendingApproval;
import org.jspecify.annotations.Nullable;

/**
 * The status of a link as the endpoint shows it.
 *
 * @param link the name of the link's properties
 * @param state what the mirror is doing
 * @param level whether the sink is level with the source
 * @param index the sink holds every event through this index of the source
 * @param sourceIndex the newest known index of the source
 * @param lagEvents events between both
 * @param secondsSinceLevel how long ago the sink was last proven level; null if never
 * @param headroom how much of the source's history is left; null if not known
 * @param pending what waits for an approval; null if nothing does
 * @param role leader or standby; null for the only member
 * @param leader the name of the member that leads; null if not known
 * @param gaps gaps found since the mirror was built
 * @param resyncs resyncs that ended
 * @param lastError the last failure, also after the mirror has recovered; null if none
 * @param lastErrorAt when that was; null if never
 */
public record LinkDescription(
    String link,
    String state,
    boolean level,
    long index,
    long sourceIndex,
    long lagEvents,
    @Nullable Double secondsSinceLevel,
    @Nullable String headroom,
    @Nullable Pending pending,
    @Nullable String role,
    @Nullable String leader,
    long gaps,
    long resyncs,
    @Nullable String lastError,
    @Nullable Instant lastErrorAt) {

  /**
   * What waits for an approval.
   *
   * @param token names the question, for the approval
   * @param reason why it is asked
   * @param since when it was asked
   * @param plan what will be done; null for a backlog
   */
  public record Pending(
      String token, String reason, Instant since, @Nullable PlanDescription plan) {

    static Pending of(PendingApproval pending) {
      return new Pending(
          pending.token(),
          pending.reason(),
          pending.since(),
          pending.plan() == null ? null : PlanDescription.of(pending.plan()));
    }
  }

  static LinkDescription of(String link, MirrorStatus now) {
    MirrorStatus.Membership member = now.membership();
    return new LinkDescription(
        link,
        word(now.state()),
        now.caughtUp(),
        now.index(),
        now.sourceIndex(),
        now.lagEvents(),
        now.sinceCaughtUp() == null ? null : now.sinceCaughtUp().toMillis() / 1e3,
        now.headroom() == null ? null : now.headroom().describe(),
        now.pending() == null ? null : Pending.of(now.pending()),
        member == null ? null : word(member.role()),
        member == null ? null : member.leader(),
        now.counters().gaps(),
        now.counters().resyncs(),
        now.lastError(),
        now.lastErrorAt());
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
