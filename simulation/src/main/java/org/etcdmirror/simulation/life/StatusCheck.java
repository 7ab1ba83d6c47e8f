package org.etcdmirror.simulation.life;

import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/** A status that says "following and caught up" is true. */
final class StatusCheck {

  /** A mirror that has nothing to write looks at both clusters as often. */
  private static final long NOTICED_WITHIN = 60 * LinkLife.SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final Side source;
  private final Side sink;
  private final LinkDesign design;

  /** When a cluster was replaced for the last time. */
  private long replacedAt = -NOTICED_WITHIN;

  private boolean wasLevel;

  StatusCheck(Side source, Side sink, LinkDesign design) {
    this.source = source;
    this.sink = sink;
    this.design = design;
  }

  /** A cluster was replaced, which a mirror has to notice first. */
  void clusterReplaced() {
    replacedAt = scheduler.now();
  }

  void check(@Nullable EtcdMirror mirror) {
    if (mirror == null) {
      return;
    }
    long before = source.index();
    MirrorStatus status = mirror.status();
    boolean saysLevel = status.state() == MirrorState.FOLLOWING && status.caughtUp();
    wasLevel |= saysLevel;
    if (saysLevel
        && status.index() == before
        && source.index() == before
        && status.suspects() == null
        && !mayExpireEarlier()
        && scheduler.now() - replacedAt > NOTICED_WITHIN
        && !isEqual()) {
      throw new SimulationException("says that it is level, and is not: " + describe(status));
    }
  }

  /** Whether a mirror was seen to be level. */
  boolean wasLevel() {
    return wasLevel;
  }

  /** A copy that goes by itself may go while its source is being prolonged. */
  private boolean mayExpireEarlier() {
    return design.copiesExpiry() && (source.expires() || sink.expires());
  }

  /** Whether both sides hold the same in the scope. */
  boolean isEqual() {
    boolean both = source.hasDirectories() && sink.hasDirectories();
    return both
        ? source.entries(design.scope()).equals(sink.entries(design.scope()))
        : source.values(design.scope()).equals(sink.values(design.scope()));
  }

  /** Whether a mirror says that the sink holds all that the source has. */
  boolean isLevel(MirrorStatus status) {
    return status.state() == MirrorState.FOLLOWING
        && status.caughtUp()
        && status.index() >= source.index();
  }

  String describe(MirrorStatus status) {
    return "source %s at %d, sink %s, %s"
        .formatted(
            source.entries(design.scope()), source.index(), sink.entries(design.scope()), status);
  }
}
