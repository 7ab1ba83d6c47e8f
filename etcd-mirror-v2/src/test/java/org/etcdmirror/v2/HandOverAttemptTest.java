package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.testkit.EtcdServer;
import org.etcdmirror.testkit.V2Http;
import org.etcdmirror.v2.HandOverAttempt.Verdict;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When one watch may take over from another; the watches are real, the clock is not. */
class HandOverAttemptTest {

  private static EtcdServer etcd;
  private static V2Client client;
  private static WatchLink old;
  private static WatchLink fresh;

  private long header;
  private long confirmed;
  private Witness witness;
  private HandOverAttempt attempt;

  @BeforeAll
  static void openTwoWatches() throws Exception {
    etcd = EtcdServer.start();
    client = V2Client.connect(List.of(etcd.clientUrl().toString()));
    V2Http http = new V2Http(etcd.clientUrl());
    for (int i = 0; i < 20; i++) {
      http.put("/other", "v" + i);
    }
    old = open(OptionalLong.empty());
    fresh = open(OptionalLong.of(http.index() - 4));
  }

  private static WatchLink open(OptionalLong waitIndex) throws Exception {
    LinkedBlockingQueue<WatchSignal> mailbox = new LinkedBlockingQueue<>();
    WatchLink link =
        WatchLink.begin(
            client, client.endpoint(0), "/conf", waitIndex, new Credit(1 << 20), mailbox);
    assertThat(mailbox.poll(30, TimeUnit.SECONDS)).isInstanceOf(WatchSignal.Opened.class);
    return link;
  }

  @AfterAll
  static void close() {
    client.close();
    etcd.close();
  }

  @BeforeEach
  void theOldWatchIsAtTheConfirmedIndex() {
    header = fresh.headerIndex();
    confirmed = header - 5;
    witness = new Witness(old, 0);
    attempt = new HandOverAttempt(fresh, confirmed, 0);
    witness.line(confirmed, 0);
  }

  private static long at(long millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private Verdict verdict(long millis) {
    return attempt.verdict(witness, at(millis));
  }

  private static WatchSignal.Line line(long index) throws IOException {
    String json =
        "{\"action\":\"set\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":%d,\"createdIndex\":1}}";
    return new WatchSignal.Line(fresh, V2Json.event(json.formatted(index), 0), 1);
  }

  private void overflowing() {
    for (int i = 0; i < 100; i++) {
      witness.line(confirmed, 0);
    }
  }

  @Test
  void silenceAfterALookIntoHistoryProvesTheInterval() {
    attempt.opened(at(0));
    assertThat(verdict(100)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(200)).isEqualTo(Verdict.PROMOTE);
    assertThat(attempt.isTakeover()).isFalse();
  }

  @Test
  void aLiveEventProvesTheIntervalAtOnce() throws IOException {
    attempt.opened(at(0));
    attempt.live(line(header + 1), at(1));
    assertThat(verdict(1)).isEqualTo(Verdict.PROMOTE);
  }

  @Test
  void silenceIsNotBelievedWhileTheOldWatchKnowsBetter() {
    attempt.opened(at(0));
    witness.line(header, at(10));
    assertThat(verdict(1_000)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(3_000)).isEqualTo(Verdict.FAILED);
    assertThat(attempt.failure()).hasMessageContaining("left out an event");
  }

  @Test
  void anEventOfHistoryThatTheOldWatchDeliversKeepsIt() throws IOException {
    attempt.opened(at(0));
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(2)).isEqualTo(Verdict.WAIT);
    witness.line(confirmed + 1, at(3));
    assertThat(verdict(4)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void anEventOfHistoryThatNeverComesOverTheOldWatchMeansThatItIsDead() throws IOException {
    attempt.opened(at(0));
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(500)).isEqualTo(Verdict.LOST);
  }

  @Test
  void afterABurstTheVerdictComesSooner() throws IOException {
    overflowing();
    attempt.opened(at(0));
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(50)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(100)).isEqualTo(Verdict.LOST);
  }

  @Test
  void aSlowOldWatchThatStillDeliversIsNotTakenForDead() throws IOException {
    attempt.opened(at(0));
    attempt.foundInHistory(line(confirmed + 3).event(), at(1));
    witness.line(confirmed + 1, at(400));
    assertThat(verdict(500)).isEqualTo(Verdict.WAIT);
    witness.line(confirmed + 3, at(600));
    assertThat(verdict(601)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void withoutHistoryASilentWatchThatCannotHaveOverflowedIsContinued() {
    attempt.takeOver(fresh, at(0));
    attempt.opened(at(1));
    assertThat(verdict(400)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(600)).isEqualTo(Verdict.PROMOTE);
    assertThat(attempt.isTakeover()).isTrue();
  }

  @Test
  void withoutHistoryAWatchThatMayHaveOverflowedIsNotContinued() {
    overflowing();
    attempt.takeOver(fresh, at(0));
    attempt.opened(at(1));
    assertThat(verdict(600)).isEqualTo(Verdict.LOST);
  }

  /** A member that was given its leader's snapshot says nothing of what was in it. */
  @Test
  void withoutHistoryAStoreThatJumpedTooFarIsNotBelieved() {
    HandOverAttempt far = new HandOverAttempt(fresh, header - 4_001, 0);
    far.takeOver(fresh, at(0));
    far.opened(at(1));
    witness.line(header + 1, at(2));
    assertThat(far.verdict(witness, at(3))).isEqualTo(Verdict.LOST);
  }

  @Test
  void withoutHistoryALaterEventOverTheOldWatchProvesIt() {
    overflowing();
    attempt.takeOver(fresh, at(0));
    attempt.opened(at(1));
    witness.line(header + 1, at(2));
    assertThat(verdict(3)).isEqualTo(Verdict.PROMOTE);
  }

  @Test
  void withoutHistoryAnEventThatOnlyTheNewWatchTellsOfMeansThatTheOldIsDead() throws IOException {
    attempt.takeOver(fresh, at(0));
    attempt.opened(at(1));
    attempt.live(line(header + 1), at(2));
    assertThat(verdict(100)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(600)).isEqualTo(Verdict.LOST);
  }

  @Test
  void silenceOfANewWatchThatWaitsForRoomIsNeitherProofNorFailure() throws Exception {
    Credit none = new Credit(1 << 20);
    assertThat(none.take(1 << 20)).isEqualTo(1 << 20);
    V2Http http = new V2Http(etcd.clientUrl());
    long index = http.put("/room/a", "v").etcdIndex();
    WatchLink full =
        WatchLink.begin(
            client,
            client.endpoint(0),
            "/room",
            OptionalLong.of(index),
            none,
            new LinkedBlockingQueue<>());
    Mirroring.eventually("a line is held", () -> assertThat(full.holdsLine()).isTrue());
    HandOverAttempt waiting = new HandOverAttempt(full, index - 1, 0);
    waiting.opened(at(0));
    witness.line(index, at(10));
    assertThat(waiting.verdict(witness, at(5_000))).isEqualTo(Verdict.WAIT);
    none.close();
    full.close();
  }

  @Test
  void aFarJumpOfAServerThatIsItsWholeClusterIsNoDanger() {
    HandOverAttempt far = new HandOverAttempt(fresh, header - 5_000, 0);
    far.takeOver(fresh, at(0));
    far.opened(at(1));
    assertThat(far.isFar()).isTrue();
    far.trustFar();
    assertThat(far.verdict(witness, at(600))).isEqualTo(Verdict.PROMOTE);
  }

  @Test
  void aServerThatDoesNotAnswerIsAFailure() {
    assertThat(verdict(1_000)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(10_000)).isEqualTo(Verdict.FAILED);
  }
}
