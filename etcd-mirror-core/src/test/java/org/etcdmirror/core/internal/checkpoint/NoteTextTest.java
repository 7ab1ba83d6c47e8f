package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoteTextTest {

  private static void roundTrips(Bytes bytes, String note) {
    assertThat(NoteText.of(bytes)).isEqualTo(note);
    assertThat(NoteText.parse(note)).isEqualTo(bytes);
  }

  @Test
  void plainTextStaysReadable() {
    roundTrips(Bytes.utf8("/conf/a b é"), "/conf/a b é");
    assertThat(NoteText.of("/a")).isEqualTo("/a");
  }

  @Test
  void everythingElseIsHexadecimal() {
    roundTrips(Bytes.EMPTY, "0x");
    roundTrips(Bytes.utf8("0x41"), "0x30783431");
    roundTrips(Bytes.utf8("a\nb"), "0x610a62");
    roundTrips(Bytes.of(new byte[] {'a', (byte) 0xff}), "0x61ff");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0x1", "0xgg"})
  void textThatIsNoNoteIsRefused(String note) {
    assertThatThrownBy(() -> NoteText.parse(note)).isInstanceOf(IllegalArgumentException.class);
  }
}
