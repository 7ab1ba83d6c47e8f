package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.ElectingSink;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.Lead;
import org.etcdmirror.api.ReadableSink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Contract of each {@link ElectingSink}: of the mirrors of a link one leads at a time, and one that
 * has lost the lead writes nothing after another one has begun to write. {@link #openSink} returns
 * such a sink, and so does each {@linkplain Candidate#sink() candidate}.
 */
@Timeout(600)
public abstract class CandidateContract extends LinkFixture {

  /** Long enough for a leader that is asked several times in it, also on a busy machine. */
  private static final Duration TERM = Duration.ofSeconds(10);

  /** Outlasts the test. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final int MANY = 6;
  private static final Duration PAUSE = Duration.ofMillis(20);

  private final List<AutoCloseable> opened = new ArrayList<>();

  /** For subclasses. */
  protected CandidateContract() {}

  @AfterEach
  void closeCandidates() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void theFirstThatAsksLeads() throws Exception {
    Candidate first = member("first", LONG);
    Candidate second = member("second", LONG);
    assertThat(ask(first).isMine()).isTrue();
    assertThat(ask(second).isMine()).isFalse();
    assertThat(ask(first).isMine()).as("asked again").isTrue();
  }

  @Test
  void ofManyThatAskAtOnceOneLeads() throws Exception {
    List<Callable<Lead>> asked = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      Candidate member = member("member-" + i, LONG);
      asked.add(() -> ask(member));
    }
    ExecutorService threads = Executors.newFixedThreadPool(MANY);
    try {
      int leaders = 0;
      for (Future<Lead> answer : threads.invokeAll(asked)) {
        leaders += answer.get().isMine() ? 1 : 0;
      }
      assertThat(leaders).as("members that lead").isEqualTo(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void theNameOfTheLeaderIsReadable() throws Exception {
    String name = "host-1.example: a=b, \u00e4 \ud83d\ude00 \"x\"/y";
    Candidate leader = member(name, LONG);
    assertThat(ask(leader).leader()).isEqualTo(name);
    assertThat(ask(leader).leader()).as("asked again").isEqualTo(name);
    assertThat(ask(member("second", LONG)).leader()).isEqualTo(name);
  }

  @Test
  void eachLinkHasALeader() throws Exception {
    assertThat(ask(member("first", LONG)).isMine()).isTrue();
    assertThat(ask(memberOf(link + "-other", "second", LONG)).isMine()).isTrue();
  }

  @Test
  void aLeadThatIsProlongedOutlastsItsTerm() throws Exception {
    int attempt = 0;
    while (!outlastsItsTerm(link + "-" + attempt)) {
      attempt++;
    }
  }

  /** Returns false if the machine stood still for a term, so that the lead may have ended. */
  private boolean outlastsItsTerm(String of) throws Exception {
    Candidate leader = memberOf(of, "leader", TERM);
    Candidate standby = memberOf(of, "standby", TERM);
    long asked = System.nanoTime();
    assertThat(ask(leader).isMine()).isTrue();
    // A lead that began later and is not prolonged shows that the term is over.
    assertThat(ask(memberOf(of + "-clock", "clock", TERM)).isMine()).isTrue();
    Candidate later = memberOf(of + "-clock", "later", TERM);
    do {
      pause();
      boolean taken = ask(standby).isMine();
      long next = System.nanoTime();
      boolean held = ask(leader).isMine();
      if (System.nanoTime() - asked > TERM.toNanos()) {
        return false;
      }
      assertThat(taken).as("the standby leads").isFalse();
      assertThat(held).as("the leader leads").isTrue();
      asked = next;
    } while (!ask(later).isMine());
    return true;
  }

  @Test
  void aTermThatRunsOutLetsAnotherLead() throws Exception {
    Candidate former = member("former", TERM);
    assertThat(ask(former).isMine()).isTrue();
    Candidate next = member("next", TERM);
    awaitLead(next);
    assertThat(ask(next).isMine()).as("asked again").isTrue();
    Lead seen = ask(former);
    assertThat(seen.isMine()).as("the former leader leads").isFalse();
    assertThat(seen.leader()).isEqualTo("next");
  }

  @Test
  void anOrderlyResignationLetsAnotherLeadAtOnce() throws Exception {
    Candidate first = member("first", LONG);
    Candidate second = member("second", LONG);
    assertThat(ask(first).isMine()).isTrue();
    assertThat(ask(second).isMine()).isFalse();
    first.resign();
    assertThat(ask(second).isMine()).isTrue();
    assertThat(ask(first).leader()).isEqualTo("second");
  }

  @Test
  void resigningWithoutTheLeadChangesNothing() throws Exception {
    Candidate standby = member("standby", LONG);
    standby.resign();
    Candidate leader = member("leader", LONG);
    assertThat(ask(leader).isMine()).isTrue();
    assertThat(ask(standby).isMine()).isFalse();
    standby.resign();
    standby.resign();
    assertThat(ask(standby).leader()).isEqualTo("leader");
    assertThat(ask(leader).isMine()).isTrue();
  }

  @Test
  void aMemberThatResignedMayLeadAgain() throws Exception {
    Candidate member = member("member", LONG);
    assertThat(ask(member).isMine()).isTrue();
    member.resign();
    assertThat(ask(member).isMine()).isTrue();
  }

  @Test
  void aNewMemberOfTheSameNameWaitsForTheTermOfTheFormerOne() throws Exception {
    assertThat(ask(member("host", LONG)).isMine()).isTrue();
    assertThat(ask(member("host", LONG)).isMine()).isFalse();
  }

  @Test
  void aCandidateOutlivesTheSinkThatMadeIt() throws Exception {
    ElectingSink sink = electing(openSink());
    Candidate candidate = kept(sink.candidate(link, "member", LONG));
    sink.close();
    assertThat(ask(candidate).isMine()).isTrue();
    assertThat(write(candidate, "1")).isEqualTo("1");
  }

  @Test
  void closingIsHarmlessWhenRepeatedAndDoesNotGiveUpTheLead() throws Exception {
    Candidate leader = member("leader", LONG);
    assertThat(ask(leader).isMine()).isTrue();
    leader.close();
    leader.close();
    assertThat(ask(member("standby", LONG)).leader()).isEqualTo("leader");
  }

  /** As a process that stood still until its term was over, and wakes. */
  @Test
  void aLeaderWhoseTermRanOutWritesNothing() throws Exception {
    Candidate former = member("former", TERM);
    assertThat(ask(former).isMine()).isTrue();
    LinkWriter older = writer(former);
    assertThat(ask(former).isMine()).isTrue();
    older.commit(batch(put("/k", "older")), at(1));

    Candidate next = member("next", LONG);
    awaitLead(next);
    LinkWriter newer = writer(next);
    newer.commit(batch(put("/k", "newer")), at(2));
    isRefused(older);
  }

  @Test
  void aLeaderThatResignedWritesNothing() throws Exception {
    Candidate former = member("former", LONG);
    assertThat(ask(former).isMine()).isTrue();
    LinkWriter older = writer(former);
    older.commit(batch(put("/k", "older")), at(1));
    former.resign();

    Candidate next = member("next", LONG);
    assertThat(ask(next).isMine()).isTrue();
    LinkWriter newer = writer(next);
    newer.commit(batch(put("/k", "newer")), at(2));
    isRefused(older);

    next.resign();
    assertThat(ask(former).isMine()).isTrue();
    assertThat(write(former, "again")).as("with a new sink").isEqualTo("again");
  }

  @Test
  void theLeaderLearnsThatAFormerOneMayHaveWrittenLate() throws Exception {
    Candidate former = member("former", LONG);
    assertThat(ask(former).isMine()).isTrue();
    former.resign();
    Candidate leader = member("leader", LONG);
    long before = ask(leader).lateWrites();
    former.tellOfLateWrites();
    long after = ask(leader).lateWrites();
    if (fencing() == Fencing.EACH_WRITE) {
      assertThat(after).as("refused writes need no notice").isEqualTo(before).isZero();
    } else {
      assertThat(after).isNotEqualTo(before);
      assertThat(ask(leader).lateWrites()).as("asked again").isEqualTo(after);
    }
  }

  private void isRefused(LinkWriter older) throws Exception {
    Map<Bytes, Bytes> values = values();
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> older.sink().apply(batch(put("/k", "stale"), put("/stale", "1"))))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> older.sink().apply(batch(deleteTree("/k"))))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> older.store().save(at(99))).isInstanceOf(FencedException.class);
      assertThat(values()).isEqualTo(values);
      assertThat(stored()).contains(at(2));
    }
  }

  private Candidate member(String name, Duration term) throws Exception {
    return memberOf(link, name, term);
  }

  private Candidate memberOf(String of, String name, Duration term) throws Exception {
    ElectingSink sink = electing(openSink());
    opened.add(sink);
    return kept(sink.candidate(of, name, term));
  }

  private Candidate kept(Candidate candidate) {
    opened.add(candidate);
    return candidate;
  }

  private static ElectingSink electing(ReadableSink sink) {
    assertThat(sink).isInstanceOf(ElectingSink.class);
    return (ElectingSink) sink;
  }

  /** The sink of a time as leader; it has loaded the checkpoint. */
  private LinkWriter writer(Candidate leader) throws Exception {
    var sink = leader.sink();
    assertThat(sink).isInstanceOf(ReadableSink.class);
    LinkWriter writer = open((ReadableSink) sink);
    var unused = writer.store().load();
    return writer;
  }

  /** Sets a key; returns what it holds then. */
  private String write(Candidate leader, String value) throws Exception {
    writer(leader).sink().apply(batch(put("/k", value)));
    return value("/k");
  }

  /** Asks again if the cluster does not answer in time, as a mirror does. */
  private static Lead ask(Candidate candidate) throws InterruptedException {
    while (true) {
      try {
        return candidate.ask();
      } catch (IOException e) {
        pause();
      }
    }
  }

  private static void awaitLead(Candidate candidate) throws Exception {
    while (!ask(candidate).isMine()) {
      pause();
    }
  }

  /** The time limit of the contract ends what waits. */
  private static void pause() throws InterruptedException {
    LockSupport.parkNanos(PAUSE.toNanos());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }
}
