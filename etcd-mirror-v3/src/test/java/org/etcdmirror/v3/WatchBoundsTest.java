package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How much of a watch is held. */
class WatchBoundsTest {

  private static final int MIB = 1 << 20;

  @Test
  void severalSmallAnswersAreAskedForBeforehand() {
    WatchCredit credit = new WatchCredit();
    assertThat(credit.more()).isEqualTo(4);
    credit.came(100);
    assertThat(credit.more()).isZero();
    credit.taken(100);
    assertThat(credit.more()).isEqualTo(1);
  }

  @Test
  void ofLargeAnswersFewAreAskedForBeforehand() {
    WatchCredit credit = new WatchCredit();
    assertThat(credit.more()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      credit.came(3 * MIB);
    }
    for (int i = 0; i < 3; i++) {
      credit.taken(3 * MIB);
      assertThat(credit.more()).isZero();
    }
    credit.taken(3 * MIB);
    assertThat(credit.more()).isEqualTo(1);
    credit.came(1);
    assertThat(credit.more()).isEqualTo(3);
  }

  @Test
  void anAnswerLargerThanAllRoomIsAskedForAlone() {
    WatchCredit credit = new WatchCredit();
    assertThat(credit.more()).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      credit.came(100 * MIB);
      credit.taken(100 * MIB);
    }
    assertThat(credit.more()).isEqualTo(1);
  }

  @Test
  void theLimitGrowsOnlyForAClusterWhoseAnswersAreAllTooLarge() {
    WatchLimit limit = new WatchLimit();
    int first = limit.bytes();
    for (int i = 0; i < 10; i++) {
      limit.exceeded();
      limit.exceeded();
      limit.exceeded();
      limit.kept();
    }
    assertThat(limit.bytes()).isEqualTo(first);
    for (int i = 0; i < 4; i++) {
      limit.exceeded();
    }
    assertThat(limit.bytes()).isEqualTo(2 * first);
    for (int i = 0; i < 100; i++) {
      limit.exceeded();
    }
    assertThat(limit.bytes()).isEqualTo(Integer.MAX_VALUE);
  }
}
