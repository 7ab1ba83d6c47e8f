package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The patience with watches that begin at the same index and stay silent. */
class WatchPatienceTest {

  private final WatchPatience patience = new WatchPatience();

  private Duration at(long index) {
    return Duration.ofNanos(patience.nanos(index));
  }

  @Test
  void eachSilentWatchDoublesPatienceWithNextOneAtItsIndex() {
    assertThat(at(7)).hasSeconds(5);
    patience.silent(7);
    assertThat(at(7)).hasSeconds(10);
    patience.silent(7);
    assertThat(at(7)).hasSeconds(20);
  }

  @Test
  void patienceAtAnotherIndexIsTheLeast() {
    patience.silent(7);
    assertThat(at(8)).hasSeconds(5);
    patience.silent(8);
    assertThat(at(8)).hasSeconds(10);
    assertThat(at(7)).hasSeconds(5);
  }

  @Test
  void patienceEndsAtTenMinutes() {
    for (int i = 0; i < 100; i++) {
      patience.silent(7);
    }
    assertThat(at(7)).hasMinutes(10);
  }
}
