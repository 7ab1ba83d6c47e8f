package org.etcdmirror.core.internal.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A note that says why the sink may not be level is read as it was meant, or not at all. */
class CompareNoteTest {

  private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");
  private static final String AT = " at index 5 since 2026-01-02T03:04:05Z";

  private static Checkpoint noted(String name, String note) {
    return new Checkpoint(9, "c", null, Instant.EPOCH).withNotes(Map.of(name, note));
  }

  private static Checkpoint noted(String note) {
    return noted(CompareNote.NOW, note);
  }

  private static Doubt doubt(Gap.Reason reason, long from) {
    return new Doubt(new Gap(reason, from, 0, 9), SINCE);
  }

  @Test
  void doubtsAreReadInTheirOrder() {
    List<Doubt> doubts =
        List.of(doubt(Gap.Reason.SINK_DRIFTED, 9), doubt(Gap.Reason.SCOPE_CHANGED, 9));
    String note = requireNonNull(CompareNote.format(doubts));
    assertThat(note)
        .isEqualTo(
            "SINK_DRIFTED at index 9 since 2026-01-02T03:04:05Z; SCOPE_CHANGED at index 9 since 2026-01-02T03:04:05Z");
    assertThat(CompareNote.read(noted(note))).isEqualTo(doubts);
    assertThat(CompareNote.isFirstCopy(noted(note))).isFalse();
    assertThat(CompareNote.isIn(noted(note))).isTrue();
  }

  @Test
  void noDoubtIsNoNote() {
    assertThat(CompareNote.format(List.of())).isNull();
    Checkpoint level = noted("other", "x");
    assertThat(CompareNote.read(level)).isEmpty();
    assertThat(CompareNote.isIn(level)).isFalse();
    assertThat(CompareNote.saysFirstCopy(level)).isFalse();
  }

  @Test
  void unfinishedFirstCopyIsAllThereIsToKnow() {
    Doubt first = doubt(Gap.Reason.NO_CHECKPOINT, 0);
    String note = requireNonNull(CompareNote.format(List.of(first)));
    assertThat(note).endsWith(" (first copy not finished)");
    assertThat(CompareNote.read(noted("SINK_DRIFTED" + AT + "; " + note)))
        .isEqualTo(List.of(first));
    assertThat(CompareNote.isFirstCopy(noted(note))).isTrue();
    assertThat(CompareNote.saysFirstCopy(noted(note))).isTrue();
    assertThat(CompareNote.saysFirstCopy(noted("SINK_DRIFTED" + AT))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "SINK_DRIFTED",
        "NONSENSE" + AT,
        "SINK_DRIFTED at index x since 2026-01-02T03:04:05Z",
        "SINK_DRIFTED at index 5 since yesterday",
        "SINK_DRIFTED" + AT + ";FORCED" + AT
      })
  void unreadableNoteEndsTheMirror(String note) {
    assertThatThrownBy(() -> CompareNote.read(noted(note)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("'must-compare' is unreadable");
  }

  @Test
  void noteMayBearARemarkUpToALength() {
    String begin = "SINK_DRIFTED" + AT + " (";
    String longest = begin + "x".repeat(300 - begin.length() - 1) + ")";
    assertThat(CompareNote.read(noted(longest))).hasSize(1);
    String longer = begin + "x".repeat(300 - begin.length()) + ")";
    assertThatThrownBy(() -> CompareNote.read(noted(longer)))
        .isInstanceOf(PermanentException.class);
  }

  @Test
  void noteOfANewerVersionEndsTheMirror() {
    assertThatThrownBy(() -> CompareNote.read(noted("must-do-more", "x")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("unknown note 'must-do-more' (x)");
    CompareNote.refuseUnknown(noted(CompareNote.AT_START, "x"));
    CompareNote.refuseUnknown(noted(SuspectsNote.NAME, "x"));
    CompareNote.refuseUnknown(noted("mustard", "x"));
  }
}
