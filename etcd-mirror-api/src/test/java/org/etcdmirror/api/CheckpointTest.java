package org.etcdmirror.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

  private static Checkpoint noted(String name) {
    return new Checkpoint(1, null, null, Instant.EPOCH).withNotes(Map.of(name, "x"));
  }

  @Test
  void theNameOfANoteHasLettersDigitsAndHyphens() {
    assertThat(noted("must-Compare-09azAZ").notes()).containsKey("must-Compare-09azAZ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "a_b", "a=b", "a\n", "ä", "٣", "a/", "a:", "a@", "a[", "a`", "a{"})
  void anyOtherNameOfANoteIsRefused(String name) {
    assertThatThrownBy(() -> noted(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("name of a note must consist of letters, digits and hyphens");
  }
}
