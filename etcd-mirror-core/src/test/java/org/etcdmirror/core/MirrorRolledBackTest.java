package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.SinkRolledBackException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The index store finds that the sink is no longer what the mirror left there. */
class MirrorRolledBackTest extends MirrorFixture {

  private static Consumer<EtcdMirrorBuilder> often() {
    return b -> b.sinkInterval(Duration.ofMillis(20));
  }

  /** Wipes the sink and its checkpoint; the next call of this name finds it. */
  private void wipe(String call) {
    sink.lose("/conf/kept");
    store.preset(null);
    store.faults.failNext(call, new SinkRolledBackException("/__replication/test is missing"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"confirm", "save"})
  void wipedSinkIsRestoredByResync(String call) throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often());
    wipe(call);
    if (call.equals("save")) {
      source.put("/conf/a", "2");
    }
    eventually(() -> told.reasons().contains(Gap.Reason.SINK_ROLLED_BACK));
    eventually(() -> sink.values().equals(source.values()));
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> store.index() == source.index() && !store.notes().containsKey("must-compare"));
    assertThat(told.reasons()).containsExactly(Gap.Reason.SINK_ROLLED_BACK);
    eventually(() -> told.ended.size() == 1);
  }

  @Test
  void rollbackIsStoredBeforePolicyFailsMirror() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often().andThen(b -> b.recoveryPolicy(RecoveryPolicy.fail())));
    wipe("confirm");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(store.notes().get("must-compare")).startsWith("SINK_ROLLED_BACK at index ");
    assertThat(mirror.status().lastError()).contains("the sink was wiped");
  }

  @Test
  void skipPolicyStillResyncsRolledBackSink() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often().andThen(b -> b.recoveryPolicy(RecoveryPolicy.skipGap())));
    wipe("confirm");
    eventually(() -> told.ended.size() == 1);
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/kept", "1"));
  }

  @Test
  void secondRollbackDuringResyncIsResyncedAgain() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often());
    Faults.Gate gate = source.faults.block("snapshot");
    wipe("confirm");
    gate.awaitReached();
    source.put("/conf/new", "2");
    wipe("save");
    gate.release();
    eventually(() -> told.resyncs.size() >= 3);
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> store.index() == source.index());
  }

  @Test
  void unavailableSinkIsShownWhileSourceIsQuiet() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often());
    store.faults.failAlways("confirm", () -> new IOException("the sink is away"));
    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.status().lastError()).contains("the sink is away");
    int looks = store.faults.calls("confirm");
    eventually(() -> store.faults.calls("confirm") > looks + 3);
    assertThat(mirror.status().state()).as("no state hides it").isEqualTo(MirrorState.RETRYING);
    assertThat(mirror.status().caughtUp()).isFalse();
    store.faults.heal("confirm");
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(told.gaps).isEmpty();
  }

  @Test
  void formerScopeOfRestoredCheckpointIsCleanedUpAgain() throws Exception {
    source.put("/conf/kept", "1");
    source.put("/old/a", "1");
    scope = MirrorScope.of("/conf", "/old");
    following().close();
    Map<String, String> ofThen = store.last().notes();
    scope = MirrorScope.of("/conf");
    EtcdMirror mirror =
        following(
            often().andThen(b -> b.deleteLimit(DeleteLimit.percent(100)).formerPrefix("/old")));
    assertThat(sink.values()).containsOnlyKeys("/conf/kept");
    sink.preset("/old/a", "1");
    store.preset(store.last().withNotes(ofThen));
    store.faults.failNext("confirm", new SinkRolledBackException("older"));
    eventually(() -> told.reasons().contains(Gap.Reason.SINK_ROLLED_BACK));
    eventually(() -> sink.values().keySet().equals(Set.of("/conf/kept")));
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  /** The sink is opened once, so only the next run can ask for approval. */
  @Test
  void unknownFormerScopeOfRestoredCheckpointIsLeftToNextRun() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(often().andThen(b -> b.deleteLimit(DeleteLimit.percent(100))));
    sink.preset("/other/a", "theirs");
    Map<String, String> forged = Map.of("scope", "keys PATHS PATHS\nfrom /other\nto /other");
    eventually(() -> store.index() == source.index());
    store.preset(store.last().withNotes(forged));
    store.faults.failNext("confirm", new SinkRolledBackException("older"));
    eventually(() -> !told.resyncs.isEmpty() && mirror.status().caughtUp());
    eventually(() -> told.reasons().contains(Gap.Reason.SINK_ROLLED_BACK));
    awaitState(mirror, MirrorState.FOLLOWING);
    eventually(() -> String.valueOf(store.last().notes().get("scope")).contains("/other"));
    mirror.close();
    assertThat(sink.values()).containsKey("/other/a");
    assertThat(sink.formerPrefixes()).isEmpty();
    EtcdMirror next = started(b -> b.deleteLimit(DeleteLimit.percent(100)));
    awaitState(next, MirrorState.BLOCKED);
    assertThat(sink.formerPrefixes()).containsExactly("/other");
    assertThat(sink.values()).containsKey("/other/a");
  }
}
