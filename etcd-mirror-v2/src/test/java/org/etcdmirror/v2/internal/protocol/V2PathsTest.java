package org.etcdmirror.v2.internal.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class V2PathsTest {

  private static final Bytes NO_TEXT = Bytes.of(new byte[] {'/', 'a', (byte) 0xe9});

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "/a/b c", "/.a/..b", "/ключ"})
  void pathThatV2CanHoldStaysAsItIs(String path) {
    assertThat(V2Paths.path(Bytes.utf8(path))).isEqualTo(path);
    assertThat(V2Paths.flaw(path)).isNull();
  }

  @Test
  void flawIsNamedWithTheKey() {
    refused("a/b", "the leading slash is missing");
    refused("/a/", "a segment is ''");
    refused("/a//b", "a segment is ''");
    refused("//", "a segment is ''");
    refused("/.", "a segment is '.'");
    refused("/a/../b", "a segment is '..'");
  }

  private static void refused(String path, String flaw) {
    assertThat(V2Paths.flaw(path)).isEqualTo(flaw);
    assertThatThrownBy(() -> V2Paths.path(Bytes.utf8(path)))
        .isInstanceOf(PermanentException.class)
        .hasMessage("etcd v2 cannot hold the key '" + path + "': " + flaw);
  }

  @Test
  void bytesThatAreNoTextAreRefusedByName() {
    assertThatThrownBy(() -> V2Paths.path(NO_TEXT))
        .isInstanceOf(PermanentException.class)
        .hasMessageContaining("etcd v2 cannot hold the key of '")
        .hasMessageContaining("it is not UTF-8");
    assertThatThrownBy(() -> V2Paths.requireText(NO_TEXT, "value", Bytes.utf8("/k")))
        .hasMessage("etcd v2 cannot hold the value of '/k': it is not UTF-8");
    assertThat(V2Paths.isText(NO_TEXT)).isFalse();
    assertThat(V2Paths.isText(Bytes.utf8("/é"))).isTrue();
    assertThat(V2Paths.isText(Bytes.EMPTY)).isTrue();
    assertThat(V2Paths.isText(Bytes.of(new byte[] {0, 127}))).isTrue();
  }

  @Test
  void rootHasNoSegments() {
    assertThat(V2Paths.segments("/")).isEmpty();
    assertThat(V2Paths.segments("/a/bc")).containsExactly("a", "bc");
    assertThat(V2Paths.segments("/a/")).containsExactly("a", "");
  }

  @Test
  void properAncestorsGoFromTheTopDown() {
    assertThat(V2Paths.properAncestors("/a/bc/d")).isEqualTo(List.of("/a", "/a/bc"));
    assertThat(V2Paths.properAncestors("/a")).isEmpty();
    assertThat(V2Paths.properAncestors("/")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/, /, true",
    "/, /a, true",
    "/a, /a, true",
    "/a, /a/b, true",
    "/a, /ab, false",
    "/a, /, false",
    "/a/b, /a, false",
    "/b, /a/b, false"
  })
  void directoryCoversItselfAndWhatIsBelow(String top, String path, boolean covered) {
    assertThat(V2Paths.covers(top, path)).isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({
    "/, /_a, true",
    "/, /a/_b, true",
    "/, /a_b, false",
    "/_a, /_a/b, false",
    "/_a, /_a/_b, true",
    "/a, /a/b/_c/d, true",
    "/a, /a, false"
  })
  void underscoreHidesOnlyBelowTheTop(String top, String path, boolean hidden) {
    assertThat(V2Paths.hiddenBelow(top, path)).isEqualTo(hidden);
  }

  @Test
  void allButUnreservedCharactersAreEscapedInAUrl() {
    String plain = "/azAZ09-._~";
    assertThat(V2Paths.encode(plain)).isEqualTo(plain);
    assertThat(V2Paths.encode("/a b?%é")).isEqualTo("/a%20b%3F%25%C3%A9");
    assertThat(V2Paths.encode("`{@[/:")).isEqualTo("%60%7B%40%5B/%3A");
  }
}
