package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

class HiddenNoteTest {

  private static List<Bytes> keys(String note) {
    return HiddenNote.keys("link", Map.of(HiddenNote.NAME, note));
  }

  @Test
  void keysRoundTrip() {
    List<Bytes> keys = List.of(Bytes.utf8("/a b"), Bytes.of(new byte[] {0, -1}));
    assertThat(HiddenNote.format(keys)).isEqualTo("/a b\n0x00ff");
    assertThat(keys("/a b\n0x00ff")).isEqualTo(keys);
    assertThat(HiddenNote.keys("link", Map.of())).isEmpty();
  }

  @Test
  void unreadableNoteEndsTheMirrorBeforeItCopiesTheKeys() {
    assertThatThrownBy(() -> keys("/a\n0xz"))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("link: checkpoint note 'hidden' does not name keys");
  }

  @Test
  void noteOfTheLongestLengthIsReadAndALongerOneIsRefused() {
    assertThat(keys("k".repeat(64 * 1024))).hasSize(1);
    assertThatThrownBy(() -> keys("k".repeat(64 * 1024 + 1)))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("is too long: 65537 characters, limit 65536");
  }
}
