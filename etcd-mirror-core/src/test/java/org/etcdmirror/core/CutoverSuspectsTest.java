package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.internal.checkpoint.SuspectsNote;
import org.junit.jupiter.api.Test;

/** Cut-overs while writes of unknown outcome may still change the new source. */
class CutoverSuspectsTest extends CutoverFixture {

  private final LateSink late = new LateSink(KeyModel.PATHS);

  {
    sink = late;
  }

  @Test
  void cutoverWaitsUntilSuspectsAreCleared() throws Exception {
    EtcdMirror mirror = following();
    late.isAway(true);
    late.loseNext(1);
    source.put("/conf/a", "2");
    level(mirror);
    eventually(() -> late.faults.calls("answers") > 0);
    assertThatThrownBy(() -> cutover(mirror).run(Duration.ofMillis(500)))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("may still change the sink: 1 since")
        .hasMessageContaining(LateSink.SLOW);
    FutureTask<CutoverReport> cutover = new FutureTask<>(() -> cutover(mirror).run(PATIENCE));
    Thread caller = new Thread(cutover, "cutover");
    caller.start();
    await().during(Duration.ofMillis(200)).until(() -> !cutover.isDone());
    late.isAway(false);
    cutover.get();
    caller.join();
    assertThat(mirror.status().suspects()).isNull();
    assertThat(store.notes()).doesNotContainKey(SuspectsNote.NAME);
    assertCutOver(mirror);
  }
}
