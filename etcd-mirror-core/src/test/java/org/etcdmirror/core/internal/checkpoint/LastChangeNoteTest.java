package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.LastChange;
import org.etcdmirror.core.CapturedLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastChangeNoteTest {

  private static Checkpoint stored(Map<String, String> notes) {
    return new Checkpoint(9, "c", "s", Instant.EPOCH).withNotes(notes);
  }

  private static Checkpoint noted(String note) {
    return stored(Map.of(LastChangeNote.NAME, note));
  }

  @Test
  void noteRoundTrips() {
    LastChange last = new LastChange(3, 5, 8);
    assertThat(LastChangeNote.format(last)).isEqualTo("3 5 8");
    assertThat(LastChangeNote.read("link", noted("3 5 8"))).isEqualTo(last);
    assertThat(LastChangeNote.read("link", stored(Map.of()))).isNull();
    LastChange delete = new LastChange(3, 5, 8, Bytes.utf8("/conf/a b"));
    assertThat(LastChangeNote.format(delete)).isEqualTo("3 5 8 /conf/a b");
    assertThat(LastChangeNote.read("link", noted("3 5 8 /conf/a b"))).isEqualTo(delete);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "3 5", "3 5 8 0xz", "3 5 x", "5 3 8"})
  void unreadableNoteIsIgnoredWithAWarning(String note) {
    try (CapturedLog log = new CapturedLog()) {
      assertThat(LastChangeNote.read("link", noted(note))).isNull();
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .startsWith("[link=link] ignoring the unreadable note last-change");
    }
  }
}
