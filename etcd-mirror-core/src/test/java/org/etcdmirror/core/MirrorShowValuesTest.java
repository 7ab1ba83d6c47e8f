package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Values of keys are in no report, unless they are asked for. */
class MirrorShowValuesTest extends MirrorFixture {

  @BeforeEach
  void differ() {
    source.put("/conf/both", "new\n" + "x".repeat(300));
    source.put("/conf/mine", "mine's");
    sink.preset("/conf/both", "sink's");
    sink.preset("/conf/yours", "surplus");
  }

  @Test
  void withoutTheOptionNoReportHasAValue() throws Exception {
    EtcdMirror mirror = mirror();
    VerifyReport report = mirror.verify();
    ResyncPlan plan = mirror.plan();

    assertThat(report.samples()).hasSize(3).allMatch(one -> one.values().isEmpty());
    assertThat(plan.differences()).isEmpty();
    assertThat(report + report.describe() + plan + plan.describe())
        .doesNotContain("new", "mine's", "sink's", "surplus");
  }

  @Test
  void differencesHaveTheValuesOfBothSidesOnOneLineAndCut() throws Exception {
    VerifyReport report = mirror(EtcdMirrorBuilder::showValues).verify();

    assertThat(report.samples())
        .extracting(Difference::toString)
        .containsExactly(
            "DIFFERENT /conf/both: source 'new\\n%s... (304 bytes)', sink 'sink's'"
                .formatted("x".repeat(196)),
            "MISSING /conf/mine: source 'mine's'",
            "EXTRA /conf/yours: sink 'surplus'");
  }

  @Test
  void planHasTheValuesOfItsSamples() throws Exception {
    ResyncPlan plan = mirror(EtcdMirrorBuilder::showValues).plan();

    assertThat(plan.differences())
        .filteredOn(one -> one.key().equals(Bytes.utf8("/conf/yours")))
        .extracting(Difference::values)
        .containsExactly(": sink 'surplus'");
    assertThat(plan.differences()).extracting(Difference::key).containsAll(plan.writeSamples());
  }

  @Test
  void questionOfABlockedMirrorHasTheValuesThatItWouldDelete() throws Exception {
    EtcdMirror mirror = mirror(EtcdMirrorBuilder::showValues);
    mirror.start();
    awaitState(mirror, MirrorState.BLOCKED);

    assertThat(mirror.status().toString()).contains("sink 'surplus'", "sink 'sink's'");
  }
}
