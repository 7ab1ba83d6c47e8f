package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.etcdmirror.v3.rpc.KeyValue;
import org.junit.jupiter.api.Test;

/** A repeated event is no missed one, and one that is too old to be remembered is not judged. */
class DeliveredEventsTest {

  private static final int REMEMBERED = 4096;

  private final DeliveredEvents delivered = new DeliveredEvents(10);

  private static KeyValue event(String key, long revision) {
    return KeyValue.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setModRevision(revision)
        .build();
  }

  @Test
  void eventIsMissedUnlessItsKeyCameAtItsRevision() {
    delivered.add(event("a", 12));
    assertThat(delivered.lacks(event("a", 12))).isFalse();
    assertThat(delivered.lacks(event("b", 12))).isTrue();
    assertThat(delivered.lacks(event("a", 11))).isTrue();
  }

  @Test
  void eventsOfTheTimeBeforeTheStreamAreNotJudged() {
    assertThat(delivered.lacks(event("a", 10))).isFalse();
    assertThat(delivered.lacks(event("a", 11))).isTrue();
  }

  @Test
  void eventsAreRememberedUpToABound() {
    for (int i = 1; i <= REMEMBERED; i++) {
      delivered.add(event("a", 10 + i));
    }
    assertThat(delivered.lacks(event("b", 11))).isTrue();
    delivered.add(event("a", 11 + REMEMBERED));
    assertThat(delivered.lacks(event("b", 11))).as("forgotten").isFalse();
    assertThat(delivered.lacks(event("b", 12))).isTrue();
    assertThat(delivered.lacks(event("a", 12))).isFalse();
  }

  @Test
  void repeatedEventTakesOnePlace() {
    delivered.add(event("a", 11));
    for (int i = 0; i <= REMEMBERED; i++) {
      delivered.add(event("a", 12));
    }
    assertThat(delivered.lacks(event("b", 11))).isTrue();
  }
}
