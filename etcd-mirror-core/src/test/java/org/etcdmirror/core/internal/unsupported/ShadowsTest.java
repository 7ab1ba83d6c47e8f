package org.etcdmirror.core.internal.unsupported;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;

/** A value that holds the place of others is known by each key below it. */
class ShadowsTest {

  private static final int MOST = 100_000;

  private final Shadows shadows = new Shadows();

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  @Test
  void valueIsAboveEachKeyBelowIt() {
    assertThat(shadows.above(key("/a/b"))).isNull();
    shadows.add(key("/a"));
    assertThat(shadows.above(key("/a/b"))).isEqualTo(key("/a"));
    assertThat(shadows.above(key("/a/b/c"))).isEqualTo(key("/a"));
    assertThat(shadows.above(key("/a"))).as("the value itself").isNull();
    assertThat(shadows.above(key("/ab/c"))).isNull();
  }

  @Test
  void keyWithoutALeadingSlashIsCoveredAsWell() {
    shadows.add(key("a"));
    assertThat(shadows.above(key("a/b"))).isEqualTo(key("a"));
  }

  @Test
  void valueIsNewsOnce() {
    assertThat(shadows.isEmpty()).isTrue();
    assertThat(shadows.add(key("/a"))).isTrue();
    assertThat(shadows.add(key("/a"))).isFalse();
    assertThat(shadows.contains(key("/a"))).isTrue();
    assertThat(shadows.contains(key("/b"))).isFalse();
    assertThat(shadows.isEmpty()).isFalse();
  }

  @Test
  void comparisonReplacesWhatWasKnown() {
    shadows.add(key("/a"));
    shadows.replaceBy(List.of(key("/b")));
    assertThat(shadows.contains(key("/a"))).isFalse();
    assertThat(shadows.contains(key("/b"))).isTrue();
  }

  @Test
  void moreThanTheLimitEndTheMirror() {
    List<Bytes> keys = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      keys.add(key("/" + i));
    }
    shadows.replaceBy(keys);
    assertThatThrownBy(() -> shadows.add(key("/one-more")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("more than 100000, last '/one-more'");
  }
}
