package org.etcdmirror.core.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.LIMIT_SECONDS;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PauseTest {

  private static final Duration LIMIT = Duration.ofSeconds(LIMIT_SECONDS);

  private final Pause pause = new Pause();

  private CompletableFuture<Boolean> applierWaits() throws InterruptedException {
    pause.begun(true);
    pause.begin();
    CompletableFuture<Boolean> applier =
        CompletableFuture.supplyAsync(() -> {
          try {
            return pause.awaitEnd(LIMIT);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(pause.awaitStopped(LIMIT)).isTrue();
    return applier;
  }

  @Test
  void aPauseRightAfterAResumeFindsTheApplierStanding() throws Exception {
    CompletableFuture<Boolean> applier = applierWaits();
    // The applier cannot notice the end of the first wish in between.
    synchronized (pause) {
      pause.end();
      pause.begin();
    }
    assertThat(pause.awaitStopped(Duration.ZERO)).isTrue();
    pause.end();
    assertThat(applier.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** As while it stores a doubt in a sink that does not answer. */
  @Test
  void applierThatLooksAroundStandsForTheNextPause() throws Exception {
    pause.begun(true);
    pause.begin();
    assertThat(pause.awaitEnd(Duration.ZERO)).isFalse();
    pause.end();
    pause.begin();
    assertThat(pause.awaitStopped(Duration.ZERO)).isTrue();
  }

  @Test
  void applierThatFailedWhileItLookedAroundDoesNotStand() throws Exception {
    pause.begun(true);
    pause.begin();
    assertThat(pause.awaitEnd(Duration.ZERO)).isFalse();
    pause.leaves();
    assertThat(pause.awaitStopped(Duration.ZERO)).isFalse();
  }

  @Test
  void applierIsWokenForAPause() {
    AtomicInteger woken = new AtomicInteger();
    pause.wakes(() -> woken.addAndGet(pause.isAsked() ? 1 : 0));
    pause.begin();
    assertThat(woken).hasValue(1);
  }

  @Test
  void aPauseAfterTheApplierWentOnWaitsForIt() throws Exception {
    CompletableFuture<Boolean> applier = applierWaits();
    pause.end();
    assertThat(applier.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    pause.begin();
    assertThat(pause.awaitStopped(Duration.ZERO)).isFalse();
  }
}
