package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How large a watch's answers may be, in which form they are asked for, and when to give up. */
class WatchLimitTest {

  private static final long MIB = 1 << 20;
  private static final long HEAP = 64 * MIB;

  private static WatchLimit.Form inPiecesOf(int mib) {
    return new WatchLimit.Form(true, mib << 20);
  }

  private static WatchLimit.Form wholeOf(int mib) {
    return new WatchLimit.Form(false, mib << 20);
  }

  /** How often pieces are refused before that is final. */
  private static int refusals(WatchLimit limit) {
    int refusals = 1;
    assertThat(limit.exceeded(limit.next())).as("whole answers are followed by pieces").isNull();
    while (limit.exceeded(limit.next()) == null) {
      refusals++;
      assertThat(refusals).as("it ends").isLessThan(100);
    }
    return refusals;
  }

  @Test
  void limitOfPiecesGrowsToQuarterOfHeapAndThenRefusalIsFinal() {
    WatchLimit limit = new WatchLimit(HEAP);
    assertThat(limit.exceeded(limit.next())).isNull();
    assertThat(limit.next()).isEqualTo(inPiecesOf(8));
    assertThat(refusals(limit)).isGreaterThan(8);
    assertThat(limit.next()).isEqualTo(inPiecesOf(16));
    assertThat(limit.exceeded(limit.next()))
        .contains("16777216 bytes", "64 MiB", "-Xmx", "--max-request-bytes");
  }

  @Test
  void wholeAnswersAreAskedForUntilOneIsTooLargeAndAgainAfterEventsCame() {
    WatchLimit limit = new WatchLimit(128 * MIB);
    assertThat(limit.next()).isEqualTo(wholeOf(4));
    assertThat(limit.exceeded(limit.next())).isNull();
    assertThat(limit.next()).isEqualTo(inPiecesOf(8));
    limit.kept();
    assertThat(limit.next()).isEqualTo(wholeOf(4));
  }

  @Test
  void wholeAnswersTakeSmallPartOfHeap() {
    assertThat(new WatchLimit(MIB).next()).isEqualTo(wholeOf(2));
    assertThat(new WatchLimit(HEAP).next()).isEqualTo(wholeOf(2));
    assertThat(new WatchLimit(256 * MIB).next()).isEqualTo(wholeOf(8));
    assertThat(new WatchLimit(64 * 1024 * MIB).next()).isEqualTo(wholeOf(16));
  }

  @Test
  void answersThatAreExpectedToBeLargeAreAskedForInPieces() {
    WatchLimit limit = new WatchLimit(HEAP);
    assertThat(limit.expecting(2 << 20)).isEqualTo(wholeOf(2));
    assertThat(limit.expecting(3 << 20)).isEqualTo(inPiecesOf(3));
  }

  @Test
  void receivedEventsResetRefusalCount() {
    WatchLimit limit = new WatchLimit(HEAP);
    for (int i = 0; i < 100; i++) {
      assertThat(limit.exceeded(inPiecesOf(8))).isNull();
      limit.kept();
    }
    assertThat(limit.exceeded(limit.next())).isNull();
    assertThat(limit.next()).isEqualTo(inPiecesOf(8));
  }

  @Test
  void aSmallHeapHasTheSmallestLimit() {
    WatchLimit limit = new WatchLimit(MIB);
    assertThat(refusals(limit)).isGreaterThan(8);
    assertThat(limit.next()).isEqualTo(inPiecesOf(8));
  }
}
