package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.etcdmirror.api.Gap;
import org.junit.jupiter.api.Test;

/** A start that compares both sides because the user wants it. */
class MirrorCompareAtStartTest extends MirrorFixture {

  /** Something else has changed the sink since. */
  private void mirroredThenChanged() {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "changed");
    sink.preset("/conf/extra", "x");
    resumable(source.index());
  }

  @Test
  void sinkIsLevelAlsoWhereTheMirrorCouldContinue() {
    mirroredThenChanged();

    EtcdMirror mirror = started(EtcdMirrorBuilder::compareAtStart);

    eventually(() -> sink.values().equals(Map.of("/conf/a", "1")));
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(told.reasons()).containsExactly(Gap.Reason.FORCED);
    assertThat(told.resyncs).hasSize(1);
  }

  @Test
  void policyIsNotAsked() {
    mirroredThenChanged();

    started(b -> b.compareAtStart().recoveryPolicy(RecoveryPolicy.fail()));

    eventually(() -> sink.values().equals(Map.of("/conf/a", "1")));
  }

  @Test
  void sinkIsNotComparedByDefault() throws Exception {
    mirroredThenChanged();

    following();

    assertThat(sink.values()).containsEntry("/conf/a", "changed").containsKey("/conf/extra");
  }
}
