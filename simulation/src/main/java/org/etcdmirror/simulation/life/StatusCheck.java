package org.etcdmirror.simulation.life;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * What a mirror says of both sides is true: a status "following and caught up", an await, a
 * comparison.
 */
final class StatusCheck {

  /** A mirror that has nothing to write looks at both clusters as often. */
  private static final long NOTICED_WITHIN = 60 * LinkLife.SECOND;

  private final Scheduler scheduler = Scheduler.current();
  private final Side source;
  private final Side sink;
  private final LinkDesign design;

  /**
   * What both sides are at one moment.
   *
   * @param source the source's index
   * @param sink the sink's index
   * @param scope what is mirrored
   * @param replacements how many clusters were replaced before
   */
  record Moment(long source, long sink, List<String> scope, int replacements) {}

  /** When a cluster was replaced for the last time, and no mirror was away any more. */
  private long replacedAt = -NOTICED_WITHIN;

  /** Until when some mirror stands still or cannot reach a cluster. */
  private long awayUntil = -NOTICED_WITHIN;

  private int replacements;

  /** The last states of mirrors. */
  private final Map<EtcdMirror, MirrorState> ends = new HashMap<>();

  private boolean wasLevel;

  /** Whether a former leader may write late, so that no status is sure. */
  private boolean lateWrites;

  StatusCheck(Side source, Side sink, LinkDesign design) {
    this.source = source;
    this.sink = sink;
    this.design = design;
  }

  /** From now on only a comparison is believed. */
  void allowLateWrites() {
    lateWrites = true;
  }

  /** A cluster was replaced, which a mirror has to notice first. */
  void clusterReplaced() {
    replacedAt = Math.max(scheduler.now(), awayUntil);
    replacements++;
  }

  /** A mirror notices nothing for so many nanoseconds. */
  void isAway(long nanos) {
    awayUntil = Math.max(awayUntil, scheduler.after(nanos));
    if (untilNoticed() > 0) {
      replacedAt = Math.max(replacedAt, awayUntil);
    }
  }

  /** How long a mirror may still take to notice the last replacement, in nanoseconds. */
  long untilNoticed() {
    return Math.max(0, replacedAt + NOTICED_WITHIN - scheduler.now());
  }

  void check(@Nullable EtcdMirror mirror) {
    if (mirror == null) {
      return;
    }
    Moment before = moment();
    MirrorState end = ends.get(mirror);
    MirrorStatus status = mirror.status();
    boolean saysLevel = status.state() == MirrorState.FOLLOWING && status.caughtUp();
    wasLevel |= saysLevel;
    requireConsistent(status);
    requireSameEnd(mirror, end, status);
    if (saysLevel && status.index() == before.source()) {
      requireLevel(before, status);
    }
  }

  private static void requireConsistent(MirrorStatus status) {
    if (status.storedIndex() > status.index()
        || status.lagEvents() < 0
        || (status.caughtUp() && status.state() != MirrorState.FOLLOWING)
        || (status.pending() != null && status.state() != MirrorState.BLOCKED)) {
      throw new SimulationException("a status contradicts itself: " + status);
    }
  }

  /** What has ended stays as it is. */
  private void requireSameEnd(EtcdMirror mirror, @Nullable MirrorState end, MirrorStatus status) {
    if (end != null && status.state() != end) {
      throw new SimulationException("a mirror that was %s goes on: %s".formatted(end, status));
    }
    if (status.state().isFinal()) {
      ends.put(mirror, status.state());
    }
  }

  Moment moment() {
    return new Moment(source.index(), sink.index(), design.scope(), replacements);
  }

  /**
   * A mirror said that the sink holds what the source was at a moment, or later. So both must be
   * equal if the source has not changed since. A mirror that has ended cannot know of later
   * changes, and one that follows a member which lags knows only what that member knows.
   */
  void requireLevel(Moment since, EtcdMirror mirror) {
    MirrorStatus status = mirror.status();
    if (!status.state().isFinal() && status.index() >= since.source()) {
      requireLevel(since, status);
    }
  }

  private void requireLevel(Moment since, MirrorStatus status) {
    if (source.index() == since.source()
        && design.scope().equals(since.scope())
        && status.suspects() == null
        && !mayExpireEarlier()
        && untilNoticed() == 0
        && !lateWrites
        && !isEqual()) {
      throw new SimulationException("says that it is level, and is not: " + describe(status));
    }
  }

  /** A comparison is right if neither side has changed since it began. */
  void requireTrue(Moment since, VerifyReport report) {
    if (!moment().equals(since) || mayExpireEarlier()) {
      return;
    }
    if (report.isEqual() && !isEqual()) {
      throw new SimulationException("verified as equal, and is not: " + report);
    }
    if (report.differences() > 0 && isEqual()) {
      throw new SimulationException("verified as different, and is equal: " + report);
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
        ? design.mirroredEntries(source).equals(design.mirroredEntries(sink))
        : design.mirroredValues(source).equals(design.mirroredValues(sink));
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
            design.mirroredEntries(source), source.index(), design.mirroredEntries(sink), status);
  }
}
