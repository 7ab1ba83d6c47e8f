package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.Membership;
import org.etcdmirror.core.MirrorStatus.Role;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/** The members of a link: two or three mirrors that stand by for each other. */
final class LinkMembers {

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final List<LinkProcess> all = new ArrayList<>();

  /** Those that ended and do not come back yet. */
  private final Set<LinkProcess> away = new HashSet<>();

  /**
   * Starts none yet.
   *
   * @param build makes the mirror of a member, by its name
   */
  LinkMembers(Random random, Function<String, EtcdMirror> build) {
    this.random = random;
    for (int i = 2 + random.nextInt(2); i > 0; i--) {
      String name = "member" + i;
      all.add(new LinkProcess(name, () -> build.apply(name)));
    }
  }

  List<LinkProcess> all() {
    return all;
  }

  /** Those that can be called. */
  List<LinkProcess> awake() {
    return all.stream().filter(one -> !away.contains(one) && one.isAwake()).toList();
  }

  /** Those of them that say that they lead. */
  List<LinkProcess> leaders() {
    return awake().stream().filter(one -> membership(one).role() == Role.LEADER).toList();
  }

  /** One that can be called, the leader more often than not; null if there is none. */
  @Nullable LinkProcess some() {
    List<LinkProcess> able = random.nextInt(4) > 0 ? leaders() : awake();
    if (able.isEmpty()) {
      able = awake();
    }
    return able.isEmpty() ? null : able.get(random.nextInt(able.size()));
  }

  static MirrorStatus status(LinkProcess member) {
    return Objects.requireNonNull(member.mirror()).status();
  }

  static Membership membership(LinkProcess member) {
    return Objects.requireNonNull(status(member).membership());
  }

  void kill(LinkProcess member) {
    member.crash();
    away.add(member);
  }

  void close(LinkProcess member) {
    member.close();
    away.add(member);
  }

  /** Those that are away start again. */
  void bringBack() {
    List.copyOf(all).stream().filter(away::remove).forEach(LinkProcess::start);
  }

  /** A caller may have closed some. */
  void reviveEnded() {
    for (LinkProcess member : awake()) {
      EtcdMirror mirror = Objects.requireNonNull(member.mirror());
      MirrorState state = mirror.status().state();
      if (state == MirrorState.FAILED) {
        Throwable failure = mirror.failure().orElseThrow();
        throw new SimulationException("a member failed: " + failure, failure);
      }
      if (state == MirrorState.STOPPING || state == MirrorState.STOPPED) {
        member.close();
        member.start();
      }
    }
  }

  /** Whether one leads, and each other one is warm and knows it. */
  boolean isSettled() {
    List<LinkProcess> leaders = leaders();
    if (leaders.size() != 1) {
      return false;
    }
    String leader = leaders.get(0).name();
    return awake().stream()
        .filter(one -> one != leaders.get(0))
        .map(LinkMembers::membership)
        .allMatch(one -> one.isWarm() && leader.equals(one.leader()));
  }

  /** Waits until none is frozen. */
  void awaitThaw() {
    boolean unused =
        scheduler.waitFor(
            () -> all.stream().noneMatch(one -> scheduler.isFrozen(one.process())),
            Scheduler.NEVER);
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    all.forEach(one ->
        text.append("\n  ")
            .append(one.name())
            .append(one.isAwake() && !away.contains(one) ? ": " + status(one) : " is away"));
    return text.toString();
  }
}
