package org.etcdmirror.core.internal.resync;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import org.etcdmirror.api.Bytes;
import org.junit.jupiter.api.Test;

/** A key goes back to an older value if the index at which it was read is taken for a lower one. */
class ChunkBoundsTest {

  private final ChunkBounds bounds = new ChunkBounds(Comparator.naturalOrder());

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  @Test
  void keyBelongsToTheFirstChunkThatEndsAtItOrBehindIt() {
    bounds.read(key("b"), 5);
    bounds.read(key("d"), 7);
    assertThat(bounds.readAt(key("a"))).isEqualTo(5);
    assertThat(bounds.readAt(key("b"))).isEqualTo(5);
    assertThat(bounds.readAt(key("c"))).isEqualTo(7);
    assertThat(bounds.readAt(key("d"))).isEqualTo(7);
    assertThat(bounds.readAt(key("e"))).isEqualTo(ChunkBounds.NOT_READ);
  }

  @Test
  void lastChunkHoldsAllKeysBehindTheOthers() {
    bounds.read(key("b"), 5);
    bounds.readToTheEnd(9);
    assertThat(bounds.readAt(key("b"))).isEqualTo(5);
    assertThat(bounds.readAt(key("c"))).isEqualTo(9);
    assertThat(bounds.readAt(key("z"))).isEqualTo(9);
  }

  @Test
  void chunksThatTheStreamHasPassedBecomeOne() {
    bounds.read(key("b"), 5);
    bounds.read(key("d"), 7);
    bounds.read(key("f"), 9);
    bounds.streamed(6);
    assertThat(bounds.size()).isEqualTo(3);
    bounds.streamed(7);
    assertThat(bounds.size()).isEqualTo(2);
    assertThat(bounds.readAt(key("a"))).isEqualTo(7);
    assertThat(bounds.readAt(key("e"))).isEqualTo(9);
  }

  @Test
  void lastChunkIsNeverForgotten() {
    bounds.read(key("b"), 5);
    bounds.streamed(100);
    assertThat(bounds.size()).isEqualTo(1);
    assertThat(bounds.readAt(key("a"))).isEqualTo(5);
  }
}
