package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.internal.keys.CoalescerTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The plan of a resync, and that the resync then does the same. */
class MirrorPlanTest extends MirrorFixture {

  /** The prefix itself is a directory on both sides. */
  @Test
  void planListsCountsAndKeysAndChangesNothing() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "22");
    source.put("/conf/c", "333");
    sink.preset("/conf/a", "1");
    sink.preset("/conf/b", "old");
    sink.preset("/conf/gone", "x");
    sink.preset("/other/x", "x");
    ResyncPlan plan = mirror().plan();
    assertThat(plan)
        .isEqualTo(
            new ResyncPlan(
                source.index(),
                4,
                4,
                2,
                2 * "/conf/b".length() + 5,
                1,
                1,
                0,
                List.of(Bytes.utf8("/conf/b"), Bytes.utf8("/conf/c")),
                List.of(Bytes.utf8("/conf/b")),
                List.of(Bytes.utf8("/conf/gone")),
                "a resync at index %d would delete 1 of 4 entries in the sink (first: /conf/gone):"
                        .formatted(source.index())
                    + " a first copy deletes only what was approved"));
    assertThat(plan.isEmpty()).isFalse();
    assertThat(sink.batches()).isEmpty();
    assertThat(store.saves()).isEmpty();
    assertThat(told.states).isEmpty();
  }

  @Test
  void planOfEqualSidesIsEmpty() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    ResyncPlan plan = mirror.plan();
    assertThat(plan.isEmpty()).isTrue();
    assertThat(plan.refusal()).isNull();
    assertThat(plan.index()).isEqualTo(source.index());
  }

  @Test
  void planShowsRefusalByDeleteLimit() throws Exception {
    source.put("/conf/kept", "1");
    for (int i = 0; i < 101; i++) {
      sink.preset("/conf/extra/%03d".formatted(i), "x");
    }
    ResyncPlan plan = mirror().plan();
    assertThat(plan.deletes()).isEqualTo(102);
    assertThat(plan.deleteSamples()).hasSize(20).first().hasToString("/conf/extra");
    assertThat(plan.refusal()).contains("102 of 103").contains("/conf/extra");
    assertThat(plan.describe()).contains("102").contains("needs an approval");
    assertThat(mirror(b -> b.deleteLimit(DeleteLimit.keys(102))).plan().refusal()).isNull();
  }

  @Test
  void planShowsRefusalOfEmptySource() throws Exception {
    sink.preset("/conf/a", "1");
    assertThat(mirror().plan().refusal()).contains(": the source is empty");
  }

  @Test
  void unsupportedEntriesAreCountedButNotReportedToListener() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.PATHS);
    sink.refuseValue("bad");
    for (String key : List.of("/conf/a", "/conf/a/b", "/conf/b//c", "/conf/d/e")) {
      source.put(key, "1");
    }
    source.put("/conf/c", "bad");
    sink.preset("/conf/c", "stale");
    EtcdMirror mirror =
        mirror(b ->
            b.unsupportedEntries(UnsupportedEntries.SKIP).deleteLimit(DeleteLimit.percent(100)));
    for (EtcdMirror each : List.of(mirror, mirror())) {
      ResyncPlan plan = each.plan();
      assertThat(plan.unsupported()).isEqualTo(3);
      assertThat(plan.writes()).isEqualTo(2);
      assertThat(plan.deletes()).isEqualTo(1);
    }
    assertThat(told.unsupported).isEmpty();
    assertThat(mirror.status().counters().unsupportedEntries()).isZero();
    ResyncReport report = mirror.syncOnce();
    assertThat(report.written()).isEqualTo(2);
    assertThat(report.deleted()).isEqualTo(1);
  }

  @Test
  void planIgnoresExcludedKeys() throws Exception {
    scope = MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/own/.*")).build();
    source.put("/conf/own/a", "the source's");
    sink.preset("/conf/own/a", "the sink's");
    sink.preset("/conf/own/b", "the sink's");
    assertThat(mirror().plan().isEmpty()).isTrue();
  }

  @RepeatedTest(20)
  void resyncMatchesPlan() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MirrorPlanTest seed " + seed);
    Random random = new Random(seed);
    new PathEvents(random).some(random.nextInt(60)).forEach(source::happened);
    new PathEvents(random)
        .some(random.nextInt(60))
        .forEach(event -> sink.held.apply(EventBatch.of(List.of(event), 9_999, 9_999)));
    EtcdMirror mirror = mirror(b -> b.deleteLimit(DeleteLimit.percent(100)));
    List<String> before = CoalescerTest.state(sink.held);
    ResyncPlan plan = mirror.plan();
    assertThat(CoalescerTest.state(sink.held)).isEqualTo(before);
    ResyncReport report = mirror.syncOnce();
    assertThat(report.written()).as("written, seed %d", seed).isEqualTo(plan.writes());
    assertThat(report.deleted()).as("deleted, seed %d", seed).isEqualTo(plan.deletes());
    assertThat(report.sourceEntries()).isEqualTo(plan.sourceEntries());
    assertThat(mirror.plan().isEmpty()).as("nothing is left, seed %d", seed).isTrue();
  }

  @Test
  void writeOnlySinkAllowsNeitherPlanNorVerify() {
    EventSink blind = new WriteOnlySink();
    EtcdMirror mirror = mirror(b -> b.sink(blind));
    assertThatThrownBy(mirror::plan)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("WriteOnlySink");
    assertThatThrownBy(mirror::verify)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("test: verification needs a readable sink");
  }

  static Stream<Arguments> optionsThatReadTheSink() {
    return Stream.of(
        option("verification", b -> b.verification(Verification.every(Duration.ofHours(1)))),
        option("requireEmptySink", EtcdMirrorBuilder::requireEmptySink),
        option("formerPrefix", b -> b.formerPrefix("/former")),
        option("deleteLimit", b -> b.deleteLimit(DeleteLimit.DEFAULT)));
  }

  private static Arguments option(String name, Consumer<EtcdMirrorBuilder> option) {
    return Arguments.of(name, option);
  }

  @ParameterizedTest
  @MethodSource("optionsThatReadTheSink")
  void optionHasNoEffectOnASinkThatCannotBeRead(String name, Consumer<EtcdMirrorBuilder> option) {
    assertThatThrownBy(() -> mirror(b -> option.accept(b.sink(new WriteOnlySink()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(name + "(...) has no effect")
        .hasMessageContaining("WriteOnlySink");
  }

  @Test
  void planAndVerifyAreCancelledAfterClose() {
    EtcdMirror mirror = mirror();
    mirror.close();
    assertThatThrownBy(mirror::plan).isInstanceOf(CancellationException.class);
    assertThatThrownBy(mirror::verify).isInstanceOf(CancellationException.class);
  }
}
