package org.etcdmirror.core.internal.gap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.internal.resync.StreamLostException;
import org.etcdmirror.core.internal.run.Backoff;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.Retry;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A resync that lost its stream begins again, after a pause that grows. */
@Timeout(30)
class RestartsTest {

  private static final Duration HOUR = Duration.ofHours(1);

  private final List<Duration> pauses = new ArrayList<>();
  private final UnstartedMirror mirror = new UnstartedMirror(KeyModel.BYTES, KeyModel.BYTES);
  private MirrorRuntime runtime = mirror.runtime();

  private Restarts restarts(Duration first, Duration longest) {
    mirror.pauses = new Backoff.Range(first, longest);
    mirror.listener =
        new MirrorListener() {
          @Override
          public void onRetry(Exception failure, Duration pause) {
            pauses.add(pause);
          }
        };
    runtime = mirror.runtime();
    return new Restarts(mirror.settings(), runtime);
  }

  private static StreamLostException lost() {
    return new StreamLostException("a test's fault");
  }

  @Test
  void restartIsDueOnceAfterItsPause() throws Exception {
    Restarts restarts = restarts(Duration.ofMillis(1), Duration.ofMillis(1));
    assertThat(restarts.isWaiting()).isFalse();
    assertThat(restarts.takeDue()).isFalse();
    restarts.lost(lost());
    assertThat(restarts.isWaiting()).isTrue();
    while (!restarts.takeDue()) {
      Thread.onSpinWait();
    }
    assertThat(restarts.isWaiting()).isFalse();
    assertThat(restarts.takeDue()).isFalse();
  }

  @Test
  void restartIsNotDueDuringItsPause() throws Exception {
    Restarts restarts = restarts(HOUR, HOUR);
    restarts.lost(lost());
    assertThat(restarts.takeDue()).isFalse();
    assertThat(restarts.isWaiting()).isTrue();
  }

  @Test
  void lostStreamIsReportedAsARetry() throws Exception {
    Restarts restarts = restarts(HOUR, HOUR);
    restarts.lost(lost());
    assertThat(pauses).hasSize(1);
    assertThat(runtime.progress().counters.retries.get()).isEqualTo(1);
    assertThat(runtime.progress().status("test", runtime.states().state()).lastError())
        .isEqualTo("a test's fault");
  }

  @Test
  void pausesGrowUntilAResyncSucceeds() throws Exception {
    Restarts restarts = restarts(Duration.ofSeconds(1), Duration.ofHours(9));
    for (int i = 0; i < 8; i++) {
      restarts.lost(lost());
    }
    // A pause is at most one and a half times its length, and doubles each time.
    assertThat(pauses.get(7)).isGreaterThan(Duration.ofSeconds(60));
    restarts.succeeded();
    restarts.lost(lost());
    assertThat(pauses.get(8)).isLessThan(Duration.ofSeconds(2));
  }

  @Test
  void mirrorThatEndsDoesNotRestart() {
    Restarts restarts = restarts(HOUR, HOUR);
    runtime.shutdown().begin();
    assertThatThrownBy(() -> restarts.lost(lost())).isInstanceOf(Retry.StoppedException.class);
    assertThat(restarts.isWaiting()).isFalse();
  }
}
