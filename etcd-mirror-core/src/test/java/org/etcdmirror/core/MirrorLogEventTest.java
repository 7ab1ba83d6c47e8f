package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.etcdmirror.core.internal.log.LogEvent;
import org.junit.jupiter.api.Test;

/** The lines of the log have names that a filter can use. */
class MirrorLogEventTest extends MirrorFixture {

  @Test
  void linesOfACopyAndOfAFailureHaveTheirNames() throws Exception {
    source.put("/conf/a", "1");
    try (CapturedLog log = new CapturedLog()) {
      EtcdMirror mirror = following();
      sink.faults.failNext("apply", new IOException("away"));
      source.put("/conf/a", "2");
      level(mirror);

      assertThat(log.events())
          .contains(
              "etcd.mirror.copy.started",
              "etcd.mirror.state.changed",
              "etcd.mirror.resync.done",
              "etcd.mirror.retry")
          .doesNotContain("none");
    }
  }

  @Test
  void aNameIsTheSameMarkerEachTime() {
    assertThat(LogEvent.GAP_FOUND.marker().getName()).isEqualTo("etcd.mirror.gap.found");
    assertThat(LogEvent.GAP_FOUND.marker()).isSameAs(LogEvent.GAP_FOUND.marker());
    assertThat(LogEvent.values()).allSatisfy(event -> assertThat(event.meaning()).isNotBlank());
  }
}
