package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.internal.checkpoint.Suspect.Reach;
import org.etcdmirror.core.internal.run.Backoff;
import org.junit.jupiter.api.Test;

/** The times of suspects: they begin anew with each loss, so that no late write is missed. */
class SuspectGroupTest {

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Suspect ONE = new Suspect(Reach.KEY, Bytes.utf8("/a"));
  private static final Suspect OTHER = new Suspect(Reach.KEY, Bytes.utf8("/b"));

  private final SuspectGroup group =
      new SuspectGroup("http://e:1", Instant.EPOCH, new Backoff.Range(HOUR, HOUR));

  @Test
  void lossIsDueAtOnce() {
    group.add(List.of(ONE));
    assertThat(group.isDue()).isTrue();
    assertThat(group.hasAnswered()).isFalse();
    assertThat(group.comparesOnlyLate()).isFalse();
    assertThat(group.isDeferredToResync()).isFalse();
  }

  @Test
  void endpointThatAnswersIsWaitedForAsLongAsAWriteMayBeLate() {
    group.add(List.of(ONE));
    group.answeredNow(HOUR);
    assertThat(group.hasAnswered()).isTrue();
    assertThat(group.isDue()).isFalse();
    group.answeredNow(Duration.ZERO);
    assertThat(group.isDue()).isTrue();
  }

  @Test
  void endpointThatIsAwayIsAskedAgainAfterAPause() {
    group.add(List.of(ONE));
    group.answeredNow(Duration.ZERO);
    group.deferToResync();
    group.isAway();
    assertThat(group.hasAnswered()).isFalse();
    assertThat(group.isDeferredToResync()).isFalse();
    assertThat(group.isDue()).isFalse();
  }

  @Test
  void nextLossBeginsAllTimesAnew() {
    group.add(List.of(ONE));
    group.compareOnlyLate();
    group.answeredNow(HOUR);
    group.comparedNow();
    group.deferToResync();
    assertThat(group.comparesOnlyLate()).isTrue();
    assertThat(group.isDeferredToResync()).isTrue();
    assertThat(group.wasNotComparedFor(HOUR)).isFalse();
    group.add(List.of(OTHER));
    assertThat(group.suspects()).containsExactly(ONE, OTHER);
    assertThat(group.isDue()).isTrue();
    assertThat(group.hasAnswered()).isFalse();
    assertThat(group.comparesOnlyLate()).isFalse();
    assertThat(group.isDeferredToResync()).isFalse();
    assertThat(group.wasNotComparedFor(HOUR)).isTrue();
  }

  @Test
  void pausesBeginAnewWithEachLoss() {
    SuspectGroup quick =
        new SuspectGroup(
            "http://e:1", Instant.EPOCH, new Backoff.Range(Duration.ofMillis(1), HOUR));
    for (int i = 0; i < 20; i++) {
      quick.isAway();
    }
    assertThat(quick.isDue()).isFalse();
    quick.add(List.of(ONE));
    quick.isAway();
    long began = System.nanoTime();
    while (!quick.isDue() && System.nanoTime() - began < Duration.ofSeconds(20).toNanos()) {
      Thread.onSpinWait();
    }
    assertThat(quick.isDue()).as("the first pause is a millisecond").isTrue();
  }

  @Test
  void comparisonIsRepeatedAfterItsInterval() {
    assertThat(group.wasNotComparedFor(HOUR)).isTrue();
    group.comparedNow();
    assertThat(group.wasNotComparedFor(HOUR)).isFalse();
    assertThat(group.wasNotComparedFor(Duration.ZERO)).isTrue();
  }

  @Test
  void everythingIncludesWhatIsLostLater() {
    group.add(List.of(ONE));
    group.replaceByEverything();
    assertThat(group.suspects()).containsExactly(Suspect.EVERYTHING);
    group.add(List.of(OTHER));
    assertThat(group.suspects()).containsExactly(Suspect.EVERYTHING);
  }
}
