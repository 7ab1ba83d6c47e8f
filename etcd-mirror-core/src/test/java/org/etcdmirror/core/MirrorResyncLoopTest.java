package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;

/** Resyncs that repeat for the same reason. */
class MirrorResyncLoopTest extends MirrorFixture {

  private static final Duration LONG = Duration.ofHours(1);

  private EtcdMirror looping(CapturedLog log) throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror =
        following(builder ->
            builder
                .resyncs(LONG, LONG, LONG)
                .verification(Verification.every(Duration.ofMillis(50)).repair()));
    for (int i = 1; i <= 3; i++) {
      assertThat(mirror.status().resyncLoop()).isNull();
      assertThat(log.warnings()).noneMatch(line -> line.contains("resync loop"));
      loseHistory(i);
      long resyncs = i + 1L;
      eventually(() -> mirror.status().counters().resyncs() == resyncs);
      source.put("/conf/live", String.valueOf(i));
      level(mirror);
    }
    return mirror;
  }

  private void loseHistory(int value) {
    source.atRest(() -> {
      source.put("/conf/a", "value " + value);
      source.clearHistory();
      source.breakStreams();
    });
  }

  @Test
  void loopIsSaidOnceAndShown() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      EtcdMirror mirror = looping(log);

      eventually(() -> mirror.status().resyncLoop() != null);
      assertThat(requireNonNull(mirror.status().resyncLoop()).describe())
          .startsWith("resync loop: 3 resyncs for HISTORY_CLEARED; the next one begins in ");
      assertThat(log.warnings()).filteredOn(line -> line.contains("resync loop: 3")).hasSize(1);
    }
  }

  @Test
  void nextResyncWaitsAndTheMirrorIsNotLevelMeanwhile() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      EtcdMirror mirror = looping(log);

      loseHistory(4);
      awaitState(mirror, MirrorState.RESYNCING);

      await().during(Duration.ofMillis(200)).until(() -> mirror.status().counters().resyncs() == 4);
      assertThat(mirror.status().caughtUp()).isFalse();
      assertThat(sink.values()).containsEntry("/conf/a", "value 3");
      eventually(() -> store.notes().containsKey("must-compare"));
    }
  }

  @Test
  void repairDoesNotWait() throws Exception {
    try (CapturedLog log = new CapturedLog()) {
      EtcdMirror mirror = looping(log);

      sink.preset("/conf/a", "changed by another client");

      eventually(() -> "value 3".equals(sink.values().get("/conf/a")));
      eventually(() -> mirror.status().gaps().stream().anyMatch(MirrorResyncLoopTest::isForced));
    }
  }

  private static boolean isForced(GapRecord record) {
    return record.gap().reason() == Gap.Reason.FORCED;
  }
}
