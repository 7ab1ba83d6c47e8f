package org.etcdmirror.service.http;

import java.util.Locale;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.ResyncLoop;
import org.etcdmirror.core.PendingApproval;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.service.report.Json;

/**
 * A reply of the status server.
 *
 * @param code the HTTP status
 * @param contentType the type of the body
 * @param body the body
 */
public record StatusReply(int code, String contentType, String body) {

  public static StatusReply text(int code, String line) {
    return new StatusReply(code, "text/plain; charset=utf-8", line + "\n");
  }

  static StatusReply metrics(String text) {
    return new StatusReply(200, "text/plain; version=0.0.4; charset=utf-8", text);
  }

  static StatusReply lag(MirrorStatus status) {
    return text(200, String.valueOf(status.lagEvents()));
  }

  /**
   * Says whether the process is worth keeping: also while it retries or waits for approval, but not
   * after the mirror has ended.
   */
  static StatusReply health(MirrorStatus status) {
    boolean alive = !status.state().isFinal();
    return text(alive ? 200 : 503, alive ? word(status.state()) : state(status, ""));
  }

  /**
   * Says whether the sink is level with the source, or whether a standby can take over without a
   * resync; if not, the reason and then the numbers.
   *
   * @param base what stands before the path of an action
   */
  static StatusReply readiness(MirrorStatus status, String base) {
    MirrorStatus.Membership member = status.membership();
    if (status.state() == MirrorState.STANDBY && member != null && member.isWarm()) {
      return text(200, "standby, " + leader(member) + "; stored index " + status.index());
    }
    return status.caughtUp()
        ? text(200, "caught up at index " + status.index())
        : text(503, "not caught up, " + why(status, base));
  }

  /** Says that the sink holds the index that a client waits for. */
  static StatusReply held(MirrorStatus status) {
    return text(200, "sink index " + status.index());
  }

  /** Says that the sink does not hold the index that a client waits for: why, and the numbers. */
  static StatusReply notHeld(int code, long index, MirrorStatus status, String base) {
    return text(code, "index %d is not reached, %s".formatted(index, why(status, base)));
  }

  private static String leader(MirrorStatus.Membership member) {
    String name = member.leader();
    return name == null ? "no leader is known" : "leader " + OneLine.of(name, " ");
  }

  private static String why(MirrorStatus status, String base) {
    return "%s; sink index %d, source index %d"
        .formatted(state(status, base), status.index(), status.sourceIndex());
  }

  /** Describes the state and its reason. */
  static String state(MirrorStatus status, String base) {
    return word(status.state()) + reason(status, base);
  }

  private static String reason(MirrorStatus status, String base) {
    PendingApproval pending = status.pending();
    ResyncLoop loop = status.resyncLoop();
    MirrorStatus.Membership member = status.membership();
    String why =
        switch (status.state()) {
          case RETRYING, CONNECTING, FAILED -> status.lastError();
          case BLOCKED ->
              pending == null
                  ? null
                  : pending.reason()
                      + "; approve it with POST "
                      + base
                      + "/approve?plan="
                      + pending.token();
          case RESYNCING -> loop == null ? null : loop.describe();
          case STANDBY -> member == null ? null : leader(member);
          case PAUSED -> "by POST %1$s/pause; POST %1$s/resume continues".formatted(base);
          default -> null;
        };
    return why == null ? "" : ": " + OneLine.of(why, " ");
  }

  private static String word(MirrorState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  static StatusReply json(MirrorStatus status) {
    return new StatusReply(200, "application/json", Json.of(status) + "\n");
  }
}
