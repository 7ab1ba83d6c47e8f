package org.etcdmirror.service.report;

import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;

/**
 * A link of a process.
 *
 * @param name its name
 * @param state what it is doing
 * @param ready whether its sink is level with its source, or it is a standby that can take over
 * @param status everything else
 */
public record LinkReport(String name, MirrorState state, boolean ready, MirrorStatus status) {

  public static LinkReport of(String name, MirrorStatus status) {
    return new LinkReport(name, status.state(), isReady(status), status);
  }

  /** Whether the sink is level, or a standby can take over without a resync. */
  public static boolean isReady(MirrorStatus status) {
    MirrorStatus.Membership member = status.membership();
    boolean standsBy = status.state() == MirrorState.STANDBY && member != null && member.isWarm();
    return standsBy || status.caughtUp();
  }

  /** Whether it will not work again unless it is started again. */
  public boolean hasEnded() {
    return state.isFinal();
  }
}
