package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.MirrorStatus.Role;
import org.etcdmirror.core.Standby;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.fault.JavaProcess;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One member of a link leads, and another one takes over without a resync. */
@Timeout(600)
@EtcdTest
class StandbyTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  StandbyTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  private Link link(String kind) {
    Link link = new Link(Keyspace.of(kind, sourceEtcd), Keyspace.of(kind, sinkEtcd));
    link.source().put("/conf/first", "1");
    return link;
  }

  private static EtcdMirror member(Link link, String name, MirrorListener... listeners) {
    return link.started(builder -> {
      for (MirrorListener listener : listeners) {
        builder.listener(listener);
      }
      return builder.standby(StandbyMember.member(name));
    });
  }

  private static MirrorStatus.@Nullable Membership membership(EtcdMirror mirror) {
    return mirror.status().membership();
  }

  private static void awaitLeader(EtcdMirror mirror) {
    Link.awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(membership(mirror)).matches(member -> member.role() == Role.LEADER);
  }

  /** Stands by behind a leader, and follows the source. */
  private static void awaitWarm(EtcdMirror mirror, String leader) {
    Link.eventually(
        "a warm standby",
        () -> {
          MirrorStatus.Membership member = membership(mirror);
          return member != null && member.isWarm() && leader.equals(member.leader());
        });
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STANDBY);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void standbyTakesOverFromALeaderThatStopsWithoutAResync(String kind) throws Exception {
    Link link = link(kind);
    EtcdMirror first = member(link, "a");
    awaitLeader(first);
    try (EtcdMirror second = member(link, "b")) {
      awaitWarm(second, "a");
      link.source().put("/conf/second", "2");
      link.awaitEqual(first);
      first.close();

      awaitLeader(second);
      link.source().put("/conf/third", "3");
      link.awaitEqual(second);
      assertThat(second.status().counters().gaps()).isZero();
      assertThat(second.status().counters().resyncs()).isZero();
      assertThat(second.verify().isEqual()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void leaderThatStopsGivesUpItsLeadAtOnce(String kind) {
    Link link = link(kind);
    try (EtcdMirror alone =
        link.started(
            builder -> builder.standby(Standby.as("member-1").term(Duration.ofMinutes(10))))) {
      awaitLeader(alone);
      assertThat(link.sink().leader()).contains("member-1");
    }
    assertThat(link.sink().leader()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void leaderWhoseIndexAnotherMirrorMovesStandsByAndLeadsAgain(String kind) throws Exception {
    Link link = link(kind);
    List<MirrorState> states = new CopyOnWriteArrayList<>();
    MirrorListener told =
        new MirrorListener() {
          @Override
          public void onState(MirrorState before, MirrorState after) {
            states.add(after);
          }
        };
    try (EtcdMirror leader = member(link, "a", told)) {
      awaitLeader(leader);
      moveIndexKey(link);
      link.source().put("/conf/second", "2");
      Link.eventually(
          "standing by",
          () -> states.lastIndexOf(MirrorState.STANDBY) > states.indexOf(MirrorState.FOLLOWING));

      awaitLeader(leader);
      link.awaitEqual(leader);
      assertThat(leader.failure()).isEmpty();
      assertThat(states).doesNotContain(MirrorState.FAILED, MirrorState.STOPPED);
    }
    assertThat(states).endsWith(MirrorState.STOPPING, MirrorState.STOPPED);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void takeoverNeedsNoHistoryOfTheSource(String kind, @TempDir Path logs) throws Exception {
    Link link = link(kind);
    // A leader that is killed during the first copy leaves the copy to the next one.
    link.mirroredOnce();
    Duration term = Duration.ofMinutes(10);
    try (JavaProcess first =
            StandbyMember.start(
                kind,
                sourceEtcd.clientUrl(),
                sinkEtcd.clientUrl(),
                "a",
                term,
                logs.resolve("a.log"));
        EtcdMirror second = link.mirror(b -> b.standby(Standby.as("b").term(term)))) {
      Link.eventually("a leader", () -> !link.sink().leader().isEmpty());
      second.start();
      awaitWarm(second, "a");
      first.close();
      link.source().put("/conf/second", "2");
      long index = link.source().index();
      Link.eventually("a buffered event", () -> second.status().sourceIndex() >= index);
      Link.eventually("the next watch", link.source()::isWatched);
      link.source().loseHistory();
      link.source().put("/conf/third", "3");
      link.sink().endLead();

      awaitLeader(second);
      link.awaitEqual(second);
      assertThat(second.status().counters().gaps()).isZero();
      assertThat(second.status().counters().resyncs()).isZero();
    }
  }

  /** It is frozen until another one leads; {@code -Dstandby.frozen=60}: for about 60 seconds. */
  @ParameterizedTest
  @MethodSource("kinds")
  void leaderThatWasFrozenWritesNothingWhenItWakes(String kind, @TempDir Path logs)
      throws Exception {
    Link link = link(kind);
    Duration term = Duration.ofSeconds(Integer.getInteger("standby.frozen", 2));
    Path log = logs.resolve("a.log");
    URI source = sourceEtcd.clientUrl();
    try (JavaProcess first =
            StandbyMember.start(kind, source, sinkEtcd.clientUrl(), "a", term, log);
        EtcdMirror second = link.mirror(b -> b.standby(Standby.as("b").term(term)))) {
      Link.eventually("a leader", () -> link.sink().values("/conf/").containsKey("/conf/first"));
      second.start();
      awaitWarm(second, "a");
      first.freeze();
      awaitLeader(second);
      link.source().put("/conf/second", "2");
      link.awaitEqual(second);
      assertThat(second.pause(PATIENCE)).isTrue();
      Map<String, String> held = link.sink().values("/conf/");
      for (int i = 0; i < 100; i++) {
        link.source().put("/conf/" + i, "not written");
      }
      long times = StandbyMember.timesAsStandby(log);
      first.thaw();
      Link.eventually("standing by", () -> StandbyMember.timesAsStandby(log) > times);
      assertThat(link.sink().values("/conf/")).isEqualTo(held);
      second.resume();
      link.awaitEqual(second);
    }
  }

  /** As another mirror of the link does when it starts. */
  private static void moveIndexKey(Link link) throws Exception {
    try (IndexStore store = link.sink().indexStore()) {
      store.save(store.load().orElseThrow());
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void callerThatAwaitsAnIndexIsAnsweredByTheNextLeader(String kind) throws Exception {
    Link link = link(kind);
    EtcdMirror first = member(link, "a");
    awaitLeader(first);
    try (EtcdMirror second = member(link, "b")) {
      awaitWarm(second, "a");
      assertThat(second.await(link.source().index(), Duration.ZERO)).isFalse();
      first.close();
      link.source().put("/conf/second", "2");
      assertThat(second.await(link.source().index(), PATIENCE)).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void memberWithStandbysRefusesASingleCopy(String kind) {
    Link link = link(kind);
    try (EtcdMirror mirror = link.mirror(b -> b.standby(StandbyMember.member("a")))) {
      assertThatThrownBy(mirror::syncOnce)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("leave out standby(...)");
    }
  }
}
