package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SinkDriftedException;
import org.junit.jupiter.api.Test;

/** A sink that reports that it no longer holds what was applied to it. */
class MirrorDriftTest extends MirrorFixture {

  /** Something is gone from the sink that no event will bring back. */
  private void drift() {
    sink.faults.failNext("apply", new SinkDriftedException("'/conf/kept' is gone"));
    sink.lose("/conf/kept");
  }

  @Test
  void driftIsRepairedByResync() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following();
    drift();
    source.put("/conf/a", "2");
    level(mirror);
    source.put("/conf/b", "3");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values()).hasSize(3);
    assertThat(told.reasons()).containsExactly(Gap.Reason.SINK_DRIFTED);
    eventually(() -> told.resyncs.size() == 2);
    assertThat(told.resyncs.get(1).written()).isEqualTo(2);
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> store.index() == source.index());
  }

  @Test
  void failPolicyEndsMirrorOnDriftAndKeepsIndex() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.fail()));
    long before = source.index();
    drift();
    source.put("/conf/a", "2");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(told.reasons()).endsWith(Gap.Reason.SINK_DRIFTED);
    assertThat(mirror.status().lastError()).contains("no longer holds");
    assertThat(store.index()).isEqualTo(before);
    assertThat(sink.values()).isEmpty();
  }

  @Test
  void skipPolicyStillResyncsAfterDrift() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(b -> b.recoveryPolicy(RecoveryPolicy.skipGap()));
    drift();
    source.put("/conf/a", "2");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/kept", "1", "/conf/a", "2"));
  }

  @Test
  void repeatedDriftIsRepairedEachTime() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following();
    for (int i = 0; i < 3; i++) {
      drift();
      source.put("/conf/a", "v" + i);
      level(mirror);
      assertThat(sink.values()).isEqualTo(source.values());
    }
    assertThat(told.reasons().stream().filter(Gap.Reason.SINK_DRIFTED::equals)).hasSize(3);
  }
}
