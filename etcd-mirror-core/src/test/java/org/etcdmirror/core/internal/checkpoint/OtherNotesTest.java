package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.core.CapturedLog;
import org.junit.jupiter.api.Test;

class OtherNotesTest {

  private final Map<String, String> notes = new HashMap<>();

  private List<String> bound() {
    try (CapturedLog log = new CapturedLog()) {
      OtherNotes.bound("link", notes);
      return log.warnings();
    }
  }

  @Test
  void noteOfTheLongestLengthIsKeptAndALongerOneIsDropped() {
    notes.put("a", "x".repeat(OtherNotes.LONGEST - 1));
    notes.put("b", "x".repeat(OtherNotes.LONGEST));
    assertThat(bound())
        .containsExactly(
            "[link=link] dropping unknown checkpoint note: note='b' characters=16384 limit=16384");
    assertThat(notes).containsOnlyKeys("a");
  }

  @Test
  void noteOfHiddenKeysIsKept() {
    notes.put(HiddenNote.NAME, "x".repeat(2 * OtherNotes.LONGEST));
    assertThat(bound()).isEmpty();
    assertThat(notes).containsOnlyKeys(HiddenNote.NAME);
  }

  @Test
  void tooManyNotesAreDroppedTogether() {
    for (int i = 1; i < OtherNotes.MOST; i++) {
      notes.put("note" + i, "x");
    }
    notes.put(HiddenNote.NAME, "/k");
    assertThat(bound()).isEmpty();
    assertThat(notes).hasSize(OtherNotes.MOST);
    notes.put("one more", "x");
    assertThat(bound())
        .containsExactly("[link=link] dropping unknown checkpoint notes: notes=101 kept=hidden");
    assertThat(notes).containsOnlyKeys(HiddenNote.NAME);
  }
}
