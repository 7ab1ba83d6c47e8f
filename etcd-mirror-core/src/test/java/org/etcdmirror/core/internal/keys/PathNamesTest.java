package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathNamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"/a", "/a/b", "/.a/..b/c..", "/a b"})
  void pathWithNamedSegmentsHasNoFlaw(String path) {
    assertThat(flaw(path)).isNull();
  }

  @Test
  void flawIsNamed() {
    assertThat(flaw("/")).isEqualTo("the root is a directory");
    for (String path : List.of("//", "/a/", "/a//b", "//a")) {
      assertThat(flaw(path)).as(path).isEqualTo("a segment is empty");
    }
    assertThat(flaw("/.")).isEqualTo("a segment is '.'");
    assertThat(flaw("/a/../b")).isEqualTo("a segment is '..'");
  }

  private static @Nullable String flaw(String path) {
    return PathNames.flaw(Bytes.utf8(path));
  }

  @Test
  void depthIsTheNumberOfSlashes() {
    assertThat(PathNames.depth(Bytes.utf8("/"))).isEqualTo(1);
    assertThat(PathNames.depth(Bytes.utf8("/a/b"))).isEqualTo(2);
    assertThat(PathNames.depth(Bytes.utf8("a"))).isZero();
  }

  @Test
  void parentsAreAllPathsAboveTheShortestFirst() {
    assertThat(PathNames.parents(Bytes.utf8("/a/bc/d")))
        .isEqualTo(List.of(Bytes.utf8("/a"), Bytes.utf8("/a/bc")));
    assertThat(PathNames.parents(Bytes.utf8("/a"))).isEmpty();
    assertThat(PathNames.parents(Bytes.utf8("/a/"))).containsExactly(Bytes.utf8("/a"));
  }
}
