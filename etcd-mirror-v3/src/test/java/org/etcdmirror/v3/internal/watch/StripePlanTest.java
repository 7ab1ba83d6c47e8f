package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.Test;

class StripePlanTest {

  private static final int ROUND = 1000;
  private static final StripeLimits LIMITS = StripeLimits.with(64);

  /** The pace of an answer of so many revisions, each so many behind the one before. */
  private static HistoryPace pace(int revisions, long step, int valueBytes, long head) {
    WatchResponse.Builder answer =
        WatchResponse.newBuilder().setHeader(ResponseHeader.newBuilder().setRevision(head));
    ByteString value = ByteString.copyFrom(new byte[valueBytes]);
    for (int i = 1; i <= revisions; i++) {
      answer.addEvents(
          Event.newBuilder().setKv(KeyValue.newBuilder().setModRevision(i * step).setValue(value)));
    }
    HistoryPace pace = new HistoryPace(ROUND);
    pace.took(answer.build());
    return pace;
  }

  private static StripePlan plan(HistoryPace pace) {
    return StripePlan.of(LIMITS, pace, ROUND);
  }

  @Test
  void denseHistoryIsCutWhereAnAnswerEnds() {
    StripePlan plan = plan(pace(ROUND, 1, 10, 1_000_000));
    assertThat(plan.length()).isEqualTo(ROUND - 1);
    assertThat(plan.count()).isEqualTo(64);
    assertThat(plan.start(0)).isEqualTo(ROUND + 1);
  }

  @Test
  void stripesFollowEachOther() {
    StripePlan plan = plan(pace(ROUND, 1, 10, 1_000_000)).withCount(3);
    assertThat(plan.count()).isEqualTo(3);
    assertThat(plan.start(1)).isEqualTo(plan.start(0) + plan.length());
    assertThat(plan.start(2)).isEqualTo(plan.start(1) + plan.length());
    assertThat(plan.last()).isEqualTo(plan.start(2) + plan.length() - 1);
  }

  @Test
  void sparseHistoryIsCutIntoLongerStripes() {
    StripePlan plan = plan(pace(ROUND, 10, 10, 1_000_000));
    assertThat(plan.length()).isBetween(8_000L, 9_999L);
  }

  @Test
  void noStripeReachesBehindTheHead() {
    StripePlan plan = plan(pace(ROUND, 1, 10, 20_000));
    assertThat(plan.last()).isLessThanOrEqualTo(20_000);
    assertThat(plan.count()).isEqualTo(19);
  }

  @Test
  void shortHistoryIsReadByOneWatch() {
    assertThat(plan(pace(ROUND, 1, 10, 3_000)).count()).isZero();
  }

  @Test
  void verySparseHistoryIsReadByOneWatch() {
    assertThat(plan(pace(ROUND, 300, 10, 1_000_000)).count()).isZero();
  }

  @Test
  void historyOfUnknownPaceIsReadByOneWatch() {
    assertThat(plan(pace(ROUND - 1, 1, 10, 1_000_000)).count()).isZero();
  }

  @Test
  void roomIsForFewLargeStripes() {
    StripePlan small = plan(pace(ROUND, 1, 10, 1_000_000));
    StripePlan large = plan(pace(ROUND, 1, 10_000, 1_000_000));
    assertThat(new StripeRoom(64, 64 << 20).take(1, 64, small.bytesEach())).isEqualTo(64);
    assertThat(new StripeRoom(64, 64 << 20).take(1, 64, large.bytesEach()))
        .isLessThanOrEqualTo(StripePlan.FEWEST);
  }

  @Test
  void watchesOfOneClusterAreBoundedTogether() {
    StripeRoom room = new StripeRoom(64, 64 << 20);
    assertThat(room.take(1, 50, 1)).isEqualTo(50);
    assertThat(room.take(1, 50, 1)).isEqualTo(14);
    assertThat(room.take(2, 50, 1)).isEqualTo(50);
    room.giveBack(1, 50, 1);
    assertThat(room.take(1, 60, 1)).isEqualTo(50);
  }

  @Test
  void fewerThanOneWatchIsRefused() {
    assertThatThrownBy(() -> StripeLimits.with(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
