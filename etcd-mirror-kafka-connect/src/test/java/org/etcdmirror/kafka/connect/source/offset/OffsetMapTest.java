package org.etcdmirror.kafka.connect.source.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

/** What the worker stores of a link. */
class OffsetMapTest {

  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private static LinkOffset copyUnderWay() {
    return new LinkOffset(
        new Checkpoint(
            7,
            "c1",
            "s1",
            NOW,
            9,
            Map.of("must-compare", "NO_CHECKPOINT at index 0 since 2026-01-31T12:00:00Z")),
        "w1",
        3,
        5,
        "/app/m");
  }

  @Test
  void anOffsetIsReadAsItWasWritten() {
    LinkOffset offset = copyUnderWay();
    assertThat(OffsetMap.decode("a", OffsetMap.encode(offset))).isEqualTo(offset);
    LinkOffset level = new LinkOffset(new Checkpoint(7, null, null, NOW), "w1", 3, 0, null);
    assertThat(OffsetMap.decode("a", OffsetMap.encode(level))).isEqualTo(level);
  }

  @Test
  void aCopyUnderWayIsNotLevelAndSaysHowFarItIs() {
    assertThat(OffsetMap.encode(copyUnderWay()))
        .containsEntry("level", false)
        .containsEntry("copied_through", "/app/m");
  }

  /** The worker's key is the text of this map, whose order would change with the JVM. */
  @Test
  void aPartitionHasOneKey() {
    assertThat(OffsetMap.partition("a")).isEqualTo(Map.of("link", "a"));
    assertThat(OffsetMap.link(OffsetMap.partition("a"))).isEqualTo("a");
  }

  @Test
  void anIndexThatAPersonWroteIsEnough() {
    LinkOffset offset = OffsetMap.decode("a", Map.of("index", 12));
    assertThat(offset.checkpoint().index()).isEqualTo(12);
    assertThat(offset.isLevel()).isTrue();
  }

  @Test
  void whatIsNoOffsetIsRefusedByItsField() {
    assertRefused(Map.of(), "index");
    assertRefused(Map.of("index", "12"), "whole number");
    assertRefused(Map.of("index", -1), "negative");
    assertRefused(Map.of("index", 1, "indx", 2), "indx");
    assertRefused(Map.of("index", 1, "saved", "yesterday"), "2026-01-31T12:00:00Z");
    assertRefused(Map.of("index", 1, "note.x y", "z"), "note");
  }

  /** Else a person would believe that the topic is compared. */
  @Test
  void levelCannotBeSetAgainstTheNotes() {
    Map<String, Object> map = new HashMap<>(OffsetMap.encode(copyUnderWay()));
    map.put("level", true);
    assertRefused(map, "level");
    assertRefused(Map.of("index", 1, "level", false), "level");
  }

  private static void assertRefused(Map<String, ?> map, String why) {
    assertThatThrownBy(() -> OffsetMap.decode("a", map))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("link 'a'")
        .hasMessageContaining(why);
  }

  @Test
  void aPartitionOfAnotherConnectorIsRefused() {
    assertThatThrownBy(() -> OffsetMap.link(Map.of("server", "a")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("server");
  }
}
