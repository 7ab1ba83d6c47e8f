package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.junit.jupiter.api.Test;

class MovedNotesTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private static Checkpoint stored(String... namesAndValues) {
    Map<String, String> notes = new HashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      notes.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Checkpoint(9, "c", "s", Instant.EPOCH).withNotes(notes);
  }

  @Test
  void doubtOfNowComesBeforeThatOfTheStart() {
    assertThat(MovedNotes.doubt(null)).isNull();
    assertThat(MovedNotes.doubt(stored())).isNull();
    assertThat(MovedNotes.doubt(stored(CompareNote.AT_START, "start"))).isEqualTo("start");
    assertThat(MovedNotes.doubt(stored(CompareNote.AT_START, "start", CompareNote.NOW, "now")))
        .isEqualTo("now");
  }

  @Test
  void secondScopeIsAFormerOne() {
    assertThat(MovedNotes.hasFormerScopes(null)).isFalse();
    assertThat(MovedNotes.hasFormerScopes(stored())).isFalse();
    assertThat(MovedNotes.hasFormerScopes(stored(FormerScopes.NOTE, "keys A B"))).isFalse();
    assertThat(MovedNotes.hasFormerScopes(stored(FormerScopes.NOTE, "keys A B\nkeys C D")))
        .isTrue();
  }

  @Test
  void movedIndexKeepsOnlyWhatDoesNotProveTheOldOne() {
    Checkpoint before =
        stored(
            CompareNote.NOW,
            "lost",
            CompareNote.AT_START,
            "x",
            AnchorNote.NEWEST,
            "7 8 /a",
            AnchorNote.LASTING,
            "7 8 /a",
            LastChangeNote.NAME,
            "1 2 3",
            FormerScopes.NOTE,
            "keys A B",
            "other",
            "kept");
    assertThat(MovedNotes.at(before, 4, NOW))
        .isEqualTo(
            Map.of(
                FormerScopes.NOTE,
                "keys A B",
                "other",
                "kept",
                "moved",
                "from 9 to 4 at 2026-01-02T03:04:05Z by index set, not compared: lost"));
  }

  @Test
  void formerScopesAreGivenUpAsTheNextRunWouldDeleteThem() {
    assertThat(MovedNotes.at(stored(FormerScopes.NOTE, "keys A B\nkeys C D"), 4, NOW))
        .isEqualTo(Map.of("moved", "from 9 to 4 at 2026-01-02T03:04:05Z by index set"));
    assertThat(MovedNotes.at(null, 4, NOW))
        .isEqualTo(Map.of("moved", "from nothing to 4 at 2026-01-02T03:04:05Z by index set"));
  }
}
