package org.etcdmirror.spring.actuate;

import java.util.Locale;
import java.util.function.Supplier;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * The health of one link: UP if the sink is level with the source or the mirror stands by, DOWN if
 * the mirror has ended, else OUT_OF_SERVICE.
 */
final class LinkHealthIndicator implements HealthIndicator {

  private final Supplier<MirrorStatus> status;

  LinkHealthIndicator(Supplier<MirrorStatus> status) {
    this.status = status;
  }

  @Override
  public Health health() {
    MirrorStatus now = status.get();
    Health.Builder health =
        Health.status(statusOf(now))
            .withDetail("state", now.state().name().toLowerCase(Locale.ROOT))
            .withDetail("level", now.caughtUp())
            .withDetail("lagEvents", now.lagEvents());
    addReason(health, now);
    return health.build();
  }

  private static Status statusOf(MirrorStatus now) {
    if (now.caughtUp() || now.state() == MirrorState.STANDBY) {
      return Status.UP;
    }
    return now.state().isFinal() ? Status.DOWN : Status.OUT_OF_SERVICE;
  }

  private static void addReason(Health.Builder health, MirrorStatus now) {
    if (now.pending() != null) {
      health.withDetail("waitsForApproval", now.pending().reason());
    }
    if (now.membership() != null) {
      String leader = now.membership().leader();
      health.withDetail("role", now.membership().role().name().toLowerCase(Locale.ROOT));
      health.withDetail("leader", leader == null ? "not known" : leader);
      health.withDetail("warm", now.membership().isWarm());
    }
    if (!now.caughtUp() && now.lastError() != null) {
      health.withDetail("lastError", now.lastError());
    }
  }
}
