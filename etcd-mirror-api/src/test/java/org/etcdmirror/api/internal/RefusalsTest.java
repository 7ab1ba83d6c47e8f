package org.etcdmirror.api.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.internal.Refusals.Work;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  private static final String A = "http://a:1";
  private static final String B = "http://b:1";

  private long nanos = Long.MAX_VALUE - 5;
  private final Refusals two = of(A, B);
  private final Refusals one = of(A);

  private Refusals of(String... endpoints) {
    return new Refusals(List.of(endpoints), Refusals.PATIENCE, () -> nanos);
  }

  private void pass(int seconds) {
    nanos += Duration.ofSeconds(seconds).toNanos();
  }

  private static boolean copied(Refusals refusals, String endpoint) {
    return refusals.isFinal(Work.READ, "r", endpoint, false);
  }

  private static boolean certain(Refusals refusals, String endpoint) {
    return refusals.isFinal(Work.READ, "r", endpoint, true);
  }

  @Test
  void certainRefusalIsFinalAtStart() {
    assertThat(certain(two, A)).isTrue();
  }

  @Test
  void uncertainRefusalIsNotFinalAtStart() {
    assertThat(copied(one, A)).isFalse();
  }

  @Test
  void certainRefusalIsNotFinalAfterSuccess() {
    one.succeeded(Work.READ, "another");
    assertThat(certain(one, A)).isFalse();
    assertThat(one.note("r")).contains("tried again until the endpoint has refused it for 60 s");
  }

  @Test
  void successOfOtherWorkKindDoesNotDelayFinalRefusal() {
    one.succeeded(Work.WRITE, "another");
    assertThat(certain(one, A)).isTrue();
  }

  @Test
  void refusalIsFinalWhenEveryEndpointRepeatsItForOneMinute() {
    one.succeeded(Work.READ, "r");
    assertThat(copied(two, A)).isFalse();
    pass(30);
    assertThat(copied(two, B)).isFalse();
    pass(31);
    assertThat(copied(two, A)).isFalse();
    pass(28);
    assertThat(copied(two, B)).isFalse();
    pass(2);
    assertThat(copied(two, B)).isTrue();
    assertThat(two.note("r")).contains("each of the endpoints has refused it for 60 s");
  }

  @Test
  void refusalIsNotFinalWhileOneEndpointIsDown() {
    for (int i = 0; i < 100; i++) {
      assertThat(copied(two, A)).isFalse();
      pass(30);
    }
  }

  /** DNS may name other servers while a right is missing. */
  @Test
  void endpointThatIsNoneAnyMoreDoesNotDelayTheEnd() {
    copied(two, A);
    copied(two, B);
    two.endpointsAre(List.of(B));
    pass(60);
    assertThat(copied(two, B)).isTrue();
    assertThat(two.note("r")).contains("the endpoint has refused it for 60 s");
  }

  @Test
  void successOfSameRequestRestartsRefusalPeriod() {
    copied(one, A);
    pass(59);
    one.succeeded(Work.READ, "r");
    pass(5);
    assertThat(copied(one, A)).isFalse();
    pass(59);
    assertThat(copied(one, A)).isFalse();
    pass(1);
    assertThat(copied(one, A)).isTrue();
  }

  @Test
  void successOfOtherRequestDoesNotRestartRefusalPeriod() {
    copied(one, A);
    pass(60);
    one.succeeded(Work.READ, "another");
    assertThat(copied(one, A)).isTrue();
  }

  @Test
  void distantRefusalsDoNotCountAsRepetition() {
    copied(one, A);
    pass(601);
    assertThat(copied(one, A)).isFalse();
  }

  @Test
  void oldestRefusedRequestsAreForgottenFirst() {
    for (int i = 0; i < 2000; i++) {
      one.isFinal(Work.READ, i, A, false);
    }
    assertThat(one.note(0)).isEmpty();
    assertThat(one.note(1999)).isNotEmpty();
  }
}
