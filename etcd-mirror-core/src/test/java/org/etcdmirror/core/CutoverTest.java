package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CutoverTest extends CutoverFixture {

  @Test
  void cutoverEndsLinkAndArmsReverseLink() throws Exception {
    scope = MirrorScope.builder().rename("/conf", "/new").build();
    EtcdMirror mirror = following();
    CutoverReport report = cutover(mirror).run(PATIENCE);
    assertThat(report.sourceIndex()).isEqualTo(source.index());
    assertThat(report.targetIndex()).isEqualTo(70);
    assertThat(report.verified().compared()).isEqualTo(3);
    assertCutOver(mirror);
    assertThat(target.isClosed() || reverse.isClosed()).isFalse();
  }

  @Test
  void cutoverStartsMirrorThatWasNotStarted() throws Exception {
    EtcdMirror mirror = mirror();
    cutover(mirror).run(PATIENCE);
    assertCutOver(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1"));
  }

  @Test
  void linkThatWasCutOverDoesNotStart() throws Exception {
    cutover(following()).run(PATIENCE);
    int saves = store.saves().size();
    EtcdMirror again = mirror();
    assertThatThrownBy(again::run)
        .cause()
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll(
            "was cut over at 20",
            "source index " + source.index(),
            "index 70 of cluster cluster-2");
    assertThatThrownBy(() -> mirror().syncOnce()).cause().hasMessageContaining("was cut over at");
    assertThat(store.saves()).hasSize(saves);
  }

  @Test
  void linkThatHasEndedIsForeseenAndKeepsItsIndex() throws Exception {
    cutover(following()).run(PATIENCE);
    assertThat(Cutover.hasEnded(store.last())).isTrue();
    EtcdMirror again = mirror();
    assertThat(again.storedIndex().refusal().orElseThrow())
        .startsWith("this link was cut over at ");
    assertThatThrownBy(again::foreseeGap)
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("was cut over at");
    assertThatThrownBy(() -> again.moveIndex(1))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("was cut over at");
  }

  @Test
  void cutoverOfNothingIsRefused() {
    assertThatThrownBy(() -> Cutover.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a cut-over needs a mirror; call mirror(...)");
  }

  /** Keep-alives prolong a key during the cut-over and change nothing else. */
  @Test
  void keepAlivesDuringCutoverDoNotPreventIt() throws Exception {
    source.put("/conf/leased", "1", Expiry.in(Duration.ofSeconds(600)));
    EtcdMirror mirror = following(b -> b.expiryPolicy(ExpiryPolicy.COPY));
    sink.forgetBatches();
    Cutover.Verification prolongedMeanwhile =
        () -> {
          source.prolong("/conf/leased", Expiry.in(Duration.ofSeconds(1200)));
          eventually(() -> sink.events().stream().anyMatch(MirrorEvent.Refresh.class::isInstance));
          eventually(() -> mirror.status().counters().eventsApplied() > 0);
          return report(3, List.of());
        };
    cutover(mirror, prolongedMeanwhile).run(PATIENCE);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
    assertThat(CutoverMark.isIn(store.last())).isTrue();
  }

  @Test
  void cutoverIsRefusedIfSidesDiffer() throws Exception {
    EtcdMirror mirror = following();
    Difference found = new Difference(Difference.Kind.MISSING, Bytes.utf8("/conf/x"));
    assertThatThrownBy(() -> cutover(mirror, () -> report(3, List.of(found))).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContainingAll("1 missing", "/conf/x");
    assertRunsOn(mirror);
  }

  @Test
  void cutoverIsRefusedIfSinkLostKey() throws Exception {
    EtcdMirror mirror = following();
    sink.lose("/conf/a");
    Cutover cutover =
        Cutover.builder().mirror(mirror).newSource(target).reverseStore(reverse).build();
    assertThatThrownBy(() -> cutover.run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContainingAll("1 missing", "/conf/a");
    assertRunsOn(mirror);
    source.put("/conf/a", "1");
    level(mirror);
    assertThat(cutover.run(PATIENCE).verified().compared()).isGreaterThan(1);
    assertThat(CutoverMark.isIn(store.last())).isTrue();
  }

  @Test
  void cutoverIsRefusedWhileSourceIsWritten() throws Exception {
    EtcdMirror mirror = following();
    Cutover.Verification writing =
        () -> {
          source.put("/conf/b", "late");
          return EQUAL.verify();
        };
    assertThatThrownBy(() -> cutover(mirror, writing).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("stop all writers");
    assertRunsOn(mirror);
    cutover(mirror).run(PATIENCE);
    assertCutOver(mirror);
  }

  @Test
  void writesOutsideScopeDoNotPreventCutover() throws Exception {
    scope =
        MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/excluded")).build();
    EtcdMirror mirror = following();
    Cutover.Verification busy =
        () -> {
          source.put("/conftool/a", "1");
          source.put("/conf/excluded", "1");
          source.foreignWrites(5);
          return EQUAL.verify();
        };
    cutover(mirror, busy).run(PATIENCE);
    assertCutOver(mirror);
  }

  @Test
  void targetIndexPrecedesWritesDuringVerification() throws Exception {
    EtcdMirror mirror = following();
    Cutover.Verification busy =
        () -> {
          target.put("/conf/early", "1");
          return EQUAL.verify();
        };
    assertThat(cutover(mirror, busy).run(PATIENCE).targetIndex()).isEqualTo(70);
    assertCutOver(mirror);
  }

  @Test
  void cutoverIsRefusedIfSinkIsNotLevelInTime() throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/b", "2");
    assertThatThrownBy(() -> cutover(mirror).run(Duration.ofMillis(100)))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("FOLLOWING, source index");
    gate.release();
    assertRunsOn(mirror);
  }

  /** Where the write after the comparison is held up. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void cutoverIsRefusedIfSinkIsNotLevelAfterComparison(boolean inTheSource) throws Exception {
    EtcdMirror mirror = following();
    Faults.Gate[] gate = new Faults.Gate[1];
    Cutover.Verification stalling =
        () -> {
          gate[0] = inTheSource ? source.faults.block("poll") : sink.faults.block("apply");
          if (inTheSource) {
            gate[0].awaitReached();
          }
          source.put("/conf/b", "2");
          gate[0].awaitReached();
          return EQUAL.verify();
        };
    assertThatThrownBy(() -> cutover(mirror, stalling).run(Duration.ofSeconds(2)))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("did not catch up in time");
    gate[0].release();
    assertRunsOn(mirror);
  }

  @Test
  void cutoverIsRefusedIfNewSourceIsNotTheSink() throws Exception {
    sink.in("cluster-3");
    EtcdMirror mirror = following();
    assertThatThrownBy(() -> cutover(mirror).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContainingAll("cluster-2", "cluster-3");
    assertRunsOn(mirror);
  }

  @Test
  void cutoverIsRefusedIfScopeHasNoInverse() {
    scope =
        MirrorScope.builder().rename("/conf", "/new").exclude(Pattern.compile("/conf/x")).build();
    EtcdMirror mirror = mirror();
    assertThatThrownBy(() -> cutover(mirror))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no inverse");
  }

  @Test
  void cutoverIsRefusedIfNewSourceHasOtherKeyModel() {
    EventSource other = new FakeSource(KeyModel.BYTES);
    Cutover.Builder builder =
        Cutover.builder().mirror(mirror()).newSource(other).reverseStore(reverse);
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cutoverIsRefusedAfterMirrorEnded() throws Exception {
    EtcdMirror mirror = following();
    mirror.close();
    assertThatThrownBy(() -> cutover(mirror).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("STOPPED");
  }

  @Test
  void cutoverFailsIfMirrorIsClosedDuringVerification() throws Exception {
    EtcdMirror mirror = following();
    Cutover.Verification closing =
        () -> {
          mirror.close();
          return EQUAL.verify();
        };
    assertThatThrownBy(() -> cutover(mirror, closing).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContaining("stopped meanwhile");
    assertThat(CutoverMark.isIn(store.last())).isFalse();
  }

  @Test
  void cutoverIsRefusedIfReverseStoreIsInUse() throws Exception {
    reverse.preset(reverseAt(75));
    EtcdMirror mirror = following();
    assertThatThrownBy(() -> cutover(mirror).run(PATIENCE))
        .isInstanceOf(CutoverException.class)
        .hasMessageContainingAll("index 75", "at index 70");
    assertRunsOn(mirror);
  }

  @ParameterizedTest
  @EnumSource(UnsupportedEntries.class)
  void reverseMirrorContinuesWithoutCopy(UnsupportedEntries option) throws Exception {
    for (ExpiryPolicy expiry : ExpiryPolicy.values()) {
      cutover(following(b -> b.unsupportedEntries(option).expiryPolicy(expiry))).run(PATIENCE);
      FakeSink old = new FakeSink(KeyModel.PATHS);
      EtcdMirror back =
          started(b ->
              b.source(target)
                  .sink(old)
                  .indexStore(reverse)
                  .scope(scope.inverse())
                  .unsupportedEntries(option)
                  .expiryPolicy(expiry));
      target.put("/conf/first", "of the new");
      assertThat(back.await(target.index(), PATIENCE)).isTrue();
      assertThat(old.values()).isEqualTo(Map.of("/conf/first", "of the new"));
      assertThat(back.status().counters().gaps()).isZero();
      back.close();
      reopen();
    }
  }

  /** Replaces both sides and stores by new ones without a cut-over. */
  private void reopen() {
    source = new FakeSource(KeyModel.PATHS);
    sink = new FakeSink(KeyModel.PATHS);
    store = new FakeStore();
    target.replaceCluster(NEW, 70);
    reverse.preset(reverseAt(1));
  }
}
