package org.etcdmirror.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckpointTextTest {

  private final Checkpoint checkpoint =
      new Checkpoint(
          7, "c1", "scope", Instant.parse("2030-01-01T00:00:00.5Z"), 9, Map.of("a", "x=y\n\\z"));

  @Test
  void textHoldsAllOfACheckpoint() {
    String text = CheckpointText.format(checkpoint);
    assertThat(CheckpointText.parse(text, "row 'x'")).isEqualTo(checkpoint);
  }

  @Test
  void textThatWasChangedOrCutIsNoCheckpoint() {
    String text = CheckpointText.format(checkpoint);
    for (String damaged :
        new String[] {text.replace("index=7", "index=8"), text.substring(0, 40), "", "7"}) {
      assertThatThrownBy(() -> CheckpointText.parse(damaged, "row 'x'"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("row 'x' does not hold a valid checkpoint");
    }
  }
}
