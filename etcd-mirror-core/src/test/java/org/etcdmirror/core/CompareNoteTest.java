package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes that a mirror must understand before it writes. */
class CompareNoteTest extends MirrorFixture {

  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

  private static Doubt doubt(Gap.Reason reason) {
    return new Doubt(new Gap(reason, 7, 0, 9), SINCE);
  }

  private static String text(Doubt... doubts) {
    return requireNonNull(CompareNote.format(List.of(doubts)));
  }

  private static Checkpoint bearing(String name, String note) {
    return new Checkpoint(12, "c", "s", Instant.EPOCH).withNotes(Map.of(name, note));
  }

  private static List<Gap.Reason> read(String note) {
    return CompareNote.read(bearing(CompareNote.NOW, note)).stream()
        .map(doubt -> doubt.gap().reason())
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void eachReasonRoundTripsWithItsTime(Gap.Reason reason) {
    String note = text(doubt(reason));
    assertThat(CompareNote.read(bearing(CompareNote.NOW, note)))
        .singleElement()
        .satisfies(read -> {
          assertThat(read.gap().reason()).isEqualTo(reason);
          assertThat(read.gap().from()).isEqualTo(reason == Gap.Reason.NO_CHECKPOINT ? 0 : 12);
          assertThat(read.since()).isEqualTo(SINCE);
        });
  }

  @Test
  void noteListsReasonsIndexesAndTimes() {
    assertThat(
            CompareNote.format(
                List.of(doubt(Gap.Reason.SINK_DRIFTED), doubt(Gap.Reason.HISTORY_CLEARED))))
        .isEqualTo(
            "SINK_DRIFTED at index 7 since 2026-01-02T03:04:05Z;"
                + " HISTORY_CLEARED at index 7 since 2026-01-02T03:04:05Z");
    assertThat(CompareNote.format(List.of())).isNull();
  }

  @Test
  void noCheckpointSupersedesOtherReasons() {
    String note = text(doubt(Gap.Reason.HISTORY_CLEARED), doubt(Gap.Reason.NO_CHECKPOINT));
    assertThat(read(note)).containsExactly(Gap.Reason.NO_CHECKPOINT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "yes",
        "SOMETHING_NEW at index 7 since 2026-01-02T03:04:05Z",
        "FORCED at index 7 since yesterday",
        "FORCED at index 7 since 2026-01-02T03:04:05Z; more"
      })
  void unreadableCompareNoteIsRefused(String note) {
    assertThatThrownBy(() -> read(note))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("must-compare");
  }

  @Test
  void unknownMandatoryNoteStopsMirrorBeforeItWrites() throws Exception {
    source.put("/conf/a", "1");
    resumable(source.index());
    store.presetNotes(Map.of("must-do-something-new", "to /conf/b"));
    assertThatThrownBy(mirror()::run)
        .hasCauseInstanceOf(PermanentException.class)
        .hasMessageContaining("must-do-something-new")
        .hasMessageContaining("newer version");
    assertThatThrownBy(mirror()::foreseeGap).isInstanceOf(PermanentException.class);
    assertThatThrownBy(mirror()::syncOnce).hasMessageContaining("must-do-something-new");
    assertThat(store.saves()).isEmpty();
    assertThat(sink.batches()).isEmpty();
  }

  @Test
  void verifyReportsSinkBehindWhileCompareNoteIsStored() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    resumable(source.index());
    assertThat(mirror().verify().behind()).isZero();
    store.presetNotes(Map.of(CompareNote.NOW, text(doubt(Gap.Reason.INDEX_DISPROVED))));
    assertThat(mirror().verify().behind()).isPositive();
    assertThat(store.saves()).isEmpty();
  }

  @Test
  void unknownOptionalNoteIsKept() throws Exception {
    resumable(source.index());
    store.presetNotes(Map.of("news", "from the future"));
    following();
    source.put("/conf/a", "1");
    eventually(() -> store.index() == source.index());
    assertThat(store.notes()).containsEntry("news", "from the future");
  }
}
