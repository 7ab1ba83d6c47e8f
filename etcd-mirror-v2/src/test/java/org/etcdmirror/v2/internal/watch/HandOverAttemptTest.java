package org.etcdmirror.v2.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v2.Mirroring;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An attempt decides when a watch takes over from another; real watches, fake clock. */
@EtcdTest
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
  static void openTwoWatches(EtcdServer server) throws Exception {
    etcd = server;
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
  }

  @BeforeEach
  void placeOldWatchAtConfirmedIndex() {
    header = fresh.headerIndex();
    confirmed = header - 5;
    witness = new Witness(old, 0);
    witness.line(confirmed, 0);
    attempt = attempt();
  }

  private HandOverAttempt attempt() {
    HandOverTimes times = HandOverTimes.of(Duration.ZERO, Duration.ofSeconds(3));
    return new HandOverAttempt(fresh.endpoint(), confirmed, witness.lines(), times, 0);
  }

  /** A new watch from "now" is open. */
  private void takeover() {
    attempt.takeOver(fresh, witness.lines(), at(0));
    attempt.opened(false, at(1));
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
  void lookWaitsUntilAnswerArrives() {
    assertThat(verdict(1_000_000)).isEqualTo(Verdict.WAIT);
  }

  @Test
  void answerWithoutEventConfirmsIndexAndKeepsWatch() {
    attempt.clean(header, at(1));
    assertThat(verdict(1)).isEqualTo(Verdict.CONFIRM);
    assertThat(attempt.provenIndex()).isEqualTo(header);
    assertThat(attempt.isTakeover()).isFalse();
  }

  @Test
  void answerIsDisprovedWhenWatchDeliversCoveredEvent() {
    attempt.clean(header, at(1));
    witness.line(header, at(10));
    assertThat(verdict(10)).isEqualTo(Verdict.FAILED);
    assertThat(attempt.wasDisproved()).isTrue();
    assertThat(attempt.failure()).hasMessageContaining("the watch delivered");
  }

  @Test
  void unprovenAnswerConfirmsNoIndex() {
    attempt.unproven();
    assertThat(verdict(1_000_000)).isEqualTo(Verdict.UNPROVEN);
  }

  @Test
  void oldWatchIsKeptWhenItDeliversEventFoundInHistory() throws IOException {
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(2)).isEqualTo(Verdict.WAIT);
    witness.line(confirmed + 1, at(3));
    assertThat(verdict(4)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void oldWatchIsLostWhenItMissesEventFoundInHistory() throws IOException {
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(500)).isEqualTo(Verdict.LOST);
  }

  @Test
  void burstShortensWaitForVerdict() throws IOException {
    overflowing();
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(50)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(100)).isEqualTo(Verdict.LOST);
  }

  @Test
  void slowServerProlongsWaitForVerdict() throws IOException {
    HandOverTimes slow = HandOverTimes.of(Duration.ofSeconds(6), Duration.ofSeconds(24));
    attempt = new HandOverAttempt(fresh.endpoint(), confirmed, witness.lines(), slow, 0);
    attempt.foundInHistory(line(confirmed + 1).event(), at(1));
    assertThat(verdict(10_000)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(20_000)).isEqualTo(Verdict.LOST);
  }

  @Test
  void slowOldWatchThatStillDeliversIsKept() throws IOException {
    attempt.foundInHistory(line(confirmed + 3).event(), at(1));
    witness.line(confirmed + 1, at(400));
    assertThat(verdict(500)).isEqualTo(Verdict.WAIT);
    witness.line(confirmed + 3, at(600));
    assertThat(verdict(601)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void silentWatchWithoutOverflowIsDrainedWhenHistoryIsCleared() {
    takeover();
    assertThat(verdict(200)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(400)).isEqualTo(Verdict.DRAIN);
    attempt.draining(witness, at(400));
    assertThat(verdict(500)).as("silence proves nothing").isEqualTo(Verdict.WAIT);
    attempt.drained(at(501));
    assertThat(verdict(501)).isEqualTo(Verdict.PROMOTE);
    assertThat(attempt.isTakeover()).isTrue();
  }

  /**
   * The server's handler was writing when the half-close came and may have dropped the next event.
   */
  @Test
  void watchThatDeliversAfterHalfCloseNeedsLaterEventAsProof() {
    takeover();
    attempt.draining(witness, at(400));
    long before = old.received();
    new V2Http(etcd.clientUrl()).put("/conf/a", "1");
    Mirroring.eventually("bytes come", () -> assertThat(old.received()).isGreaterThan(before));
    Mirroring.eventually("all of them", () -> assertThat(old.inLine()).isFalse());
    attempt.drained(at(500));
    assertThat(verdict(500)).isEqualTo(Verdict.LOST);
    witness.line(header + 1, at(501));
    assertThat(verdict(501)).isEqualTo(Verdict.PROMOTE);
  }

  @Test
  void takeoverIsLostWhenNewWatchBreaksAfterOldOneEnded() {
    takeover();
    attempt.draining(witness, at(400));
    attempt.drained(at(401));
    attempt.broke(new IOException("cut"));
    assertThat(verdict(401)).isEqualTo(Verdict.LOST);
  }

  @Test
  void takeoverFailsWhenDrainedWatchDoesNotEnd() {
    takeover();
    attempt.draining(witness, at(400));
    assertThat(verdict(4_000)).isEqualTo(Verdict.FAILED);
    assertThat(attempt.wasDisproved()).isTrue();
  }

  @Test
  void possiblyOverflowedWatchIsLostWhenHistoryIsCleared() {
    overflowing();
    takeover();
    assertThat(verdict(600)).isEqualTo(Verdict.LOST);
  }

  /** A member sends no events for the changes that its leader's snapshot brought. */
  @Test
  void takeoverIsLostWhenStoreIndexJumpedTooFar() {
    attempt.takeOver(fresh, witness.lines(), at(0));
    attempt.opened(true, at(1));
    witness.line(header + 1, at(2));
    assertThat(verdict(3)).isEqualTo(Verdict.LOST);
  }

  @Test
  void laterEventOverOldWatchConfirmsIndex() {
    overflowing();
    takeover();
    witness.line(header + 1, at(2));
    assertThat(verdict(3)).isEqualTo(Verdict.CONFIRM);
    assertThat(attempt.provenIndex()).isEqualTo(header);
  }

  @Test
  void oldWatchIsLostWhenOnlyNewWatchDeliversEvent() throws IOException {
    takeover();
    attempt.live(line(header + 1), at(2));
    assertThat(verdict(100)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(600)).isEqualTo(Verdict.LOST);
  }

  @Test
  void watchKnownToBeCompleteHasNotOverflowed() {
    overflowing();
    assertThat(witness.mayHaveOverflowed()).isTrue();
    witness.whole(witness.lines());
    assertThat(witness.mayHaveOverflowed()).isFalse();
    overflowing();
    assertThat(witness.mayHaveOverflowed()).isTrue();
  }

  /** The lines that filled the channel may have been written before the index was read. */
  @Test
  void eventAfterServerIndexProvesWatchCompleteAtRequest() {
    overflowing();
    int asked = witness.lines();
    witness.line(confirmed + 1, at(1));
    witness.headSeen(confirmed + 2, asked);
    assertThat(witness.mayHaveOverflowed()).isTrue();
    witness.line(confirmed + 3, at(2));
    assertThat(witness.mayHaveOverflowed()).isFalse();
    for (int i = 0; i < 98; i++) {
      witness.line(confirmed + 4 + i, at(3));
    }
    assertThat(witness.mayHaveOverflowed()).isTrue();
  }

  @Test
  void takeoverFailsWhenNewWatchDoesNotOpen() {
    attempt.takeOver(fresh, witness.lines(), at(0));
    assertThat(verdict(1_000)).isEqualTo(Verdict.WAIT);
    assertThat(verdict(10_000)).isEqualTo(Verdict.FAILED);
    assertThat(attempt.wasLate()).isTrue();
  }
}
