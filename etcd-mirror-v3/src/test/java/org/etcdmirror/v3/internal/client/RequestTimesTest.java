package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.time.Duration;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.Test;

class RequestTimesTest {

  private static final RangeRequest READ = RangeRequest.getDefaultInstance();

  private final RequestTimes times = new RequestTimes();

  private static V3ErrorException late() {
    return new V3ErrorException(
        "no answer", Status.DEADLINE_EXCEEDED, V3Problem.MEMBER_FAILED, "http://a:2379", "range");
  }

  private void timesOutAfter(Duration limit) {
    times.ended(READ, limit.toNanos(), late());
  }

  @Test
  void timeOutsOneAfterTheOtherDoubleTheTime() {
    timesOutAfter(times.sent(READ));
    timesOutAfter(times.sent(READ));
    assertThat(times.sent(READ)).isEqualTo(V3Client.DEADLINE.multipliedBy(4));
  }

  @Test
  void timeOutsOfRequestsThatWereSentTogetherDoubleTheTimeOnce() {
    for (int i = 0; i < 20; i++) {
      times.sent(READ);
    }
    for (int i = 0; i < 20; i++) {
      timesOutAfter(V3Client.DEADLINE);
    }
    assertThat(times.sent(READ)).isEqualTo(V3Client.DEADLINE.multipliedBy(2));
  }
}
