package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutoverMarkTest {

  private static final Checkpoint STORED =
      new Checkpoint(9, "c", "s", Instant.EPOCH).withNotes(Map.of("other", "kept"));
  private static final CutoverMark MARK =
      new CutoverMark(1, 2, "id, at\nx", 3, 4, Instant.parse("2026-01-02T03:04:05Z"));

  private static Checkpoint noted(String text) {
    return STORED.withNotes(Map.of("cutover", text));
  }

  @Test
  void markRoundTripsBesideOtherNotes() {
    Checkpoint marked = MARK.in(STORED);
    assertThat(CutoverMark.of(marked)).isEqualTo(MARK);
    assertThat(CutoverMark.isIn(marked)).isTrue();
    assertThat(marked.notes()).containsEntry("other", "kept");
    assertThat(marked.index()).isEqualTo(9);
  }

  @Test
  void checkpointOfALinkThatRunsHasNone() {
    assertThat(CutoverMark.of(STORED)).isNull();
    assertThat(CutoverMark.isIn(STORED)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "source 1",
        "source 1, target 2, cluster c, compared 3, left out 4, at yesterday",
        "source 99999999999999999999, target 2, cluster c, compared 3, left out 4, at"
            + " 2026-01-02T03:04:05Z",
        "source -1, target 2, cluster c, compared 3, left out 4, at 2026-01-02T03:04:05Z"
      })
  void unreadableMarkIsNoLinkThatRuns(String text) {
    assertThat(CutoverMark.isIn(noted(text))).isTrue();
    assertThatThrownBy(() -> CutoverMark.of(noted(text)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining(
            "the link was cut over, but its checkpoint note 'cutover' is unreadable");
  }

  @Test
  void longMarkIsUnreadable() {
    String mark = "source 1, target 2, cluster %s, compared 3, left out 4, at 2026-01-02T03:04:05Z";
    int longest = 2_000 - mark.length() + 2;
    assertThat(CutoverMark.of(noted(mark.formatted("c".repeat(longest))))).isNotNull();
    assertThatThrownBy(() -> CutoverMark.of(noted(mark.formatted("c".repeat(longest + 1)))))
        .isInstanceOf(PermanentException.class);
  }

  @Test
  void reportAndRefusalSayWhatTheMarkHolds() {
    assertThat(MARK.verified().compared()).isEqualTo(3);
    assertThat(MARK.verified().isEqual()).isTrue();
    assertThat(MARK.refusal("link 'x'"))
        .hasMessageContaining(
            "link 'x' was cut over at 2026-01-02T03:04:05Z: its sink holds everything through"
                + " source index 1, and the reverse link begins at index 2");
  }
}
