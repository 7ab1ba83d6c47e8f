package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.api.KeyModel.BYTES;
import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.MirrorScope.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BoundRulesTest {

  private static BoundRules rules(KeyModel source, KeyModel sink, String... fromTo) {
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < fromTo.length; i += 2) {
      rules.add(new Rule(Bytes.utf8(fromTo[i]), Bytes.utf8(fromTo[i + 1])));
    }
    return new BoundRules(rules, source, sink, source);
  }

  @ParameterizedTest
  @CsvSource({"/a, /a", "/a/, /a", "/a//, /a", "/, /", "//, /", "/a/.b, /a/.b"})
  void pathHasNoSlashAtItsEnd(String prefix, String path) {
    assertThat(BoundRules.path(Bytes.utf8(prefix))).isEqualTo(Bytes.utf8(path));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a/b", "/a//b", "/a/./b", "/a/..", "/../a"})
  void prefixThatIsNoPathIsRefusedByName(String prefix) {
    assertThatThrownBy(() -> BoundRules.path(Bytes.utf8(prefix)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + prefix + "'");
  }

  @Test
  void overlapOnEitherSideIsRefused() {
    assertThatThrownBy(() -> rules(BYTES, BYTES, "/a", "/x", "/ab", "/y"))
        .hasMessage("prefixes '/a' and '/ab' overlap");
    assertThatThrownBy(() -> rules(BYTES, BYTES, "/ab", "/x", "/a", "/y"))
        .hasMessage("prefixes '/ab' and '/a' overlap");
    assertThatThrownBy(() -> rules(PATHS, PATHS, "/a", "/x/y", "/b", "/x"))
        .hasMessage("prefixes '/x/y' and '/x' overlap");
    assertThatThrownBy(() -> rules(PATHS, BYTES, "/a", "/x", "/b", "/xy"))
        .hasMessage("prefixes '/x' and '/xy' overlap");
    assertThat(rules(PATHS, PATHS, "/a", "/x", "/ab", "/xy").all()).hasSize(2);
  }

  @Test
  void eachKeyHasThePlaceOfItsRule() {
    BoundRules rules = rules(PATHS, PATHS, "/a", "/x", "/b", "/y");
    assertThat(rules.ofSource(Bytes.utf8("/a/k"))).isZero();
    assertThat(rules.ofSource(Bytes.utf8("/b"))).isEqualTo(1);
    assertThat(rules.ofSource(Bytes.utf8("/x"))).isEqualTo(-1);
    assertThat(rules.ofTarget(Bytes.utf8("/x"))).isZero();
    assertThat(rules.ofTarget(Bytes.utf8("/y/k"))).isEqualTo(1);
    assertThat(rules.ofTarget(Bytes.utf8("/a"))).isEqualTo(-1);
    assertThat(rules.sources()).containsExactly(Bytes.utf8("/a"), Bytes.utf8("/b"));
    assertThat(rules.targets()).containsExactly(Bytes.utf8("/x"), Bytes.utf8("/y"));
    assertThat(rules.below(Bytes.utf8("/"))).hasSize(2);
    assertThat(rules.below(Bytes.utf8("/b"))).containsExactly(rules.all().get(1));
    assertThat(rules.below(Bytes.utf8("/b/k"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PATHS, /a, /b, /a, /b",
    "PATHS, /a, /b, /a/k, /b/k",
    "PATHS, /a, /a, /a/k, /a/k",
    "PATHS, /a, /, /a/k, /k",
    "PATHS, /a, /, /a, /",
    "PATHS, /, /b, /k, /b/k",
    "PATHS, /, /b, /, /b",
    "BYTES, /a, /b, /ak, /bk",
    "BYTES, /a, /b, /a/k, /b/k"
  })
  void keyBecomesTheOtherSidesAndBack(
      KeyModel model, String from, String to, String source, String sink) {
    BoundRules rules = rules(model, model, from, to);
    assertThat(rules.toTarget(Bytes.utf8(source))).isEqualTo(Bytes.utf8(sink));
    assertThat(rules.toSource(Bytes.utf8(sink))).isEqualTo(Bytes.utf8(source));
  }

  @Test
  void slashBehindAPlainKeyStays() {
    BoundRules rules = rules(BYTES, PATHS, "/a", "/b");
    assertThat(rules.toTarget(Bytes.utf8("/a/"))).isEqualTo(Bytes.utf8("/b/"));
    assertThat(rules(PATHS, PATHS, "/a", "/b").toTarget(Bytes.utf8("/a/")))
        .isEqualTo(Bytes.utf8("/b"));
  }

  @Test
  void pathsOnEitherSideMakePathsOfPrefixes() {
    assertThat(rules(BYTES, PATHS, "/a/", "/b/").model()).isEqualTo(PATHS);
    assertThat(rules(PATHS, BYTES, "/a/", "/b/").targets()).containsExactly(Bytes.utf8("/b"));
    assertThat(rules(BYTES, BYTES, "/a/", "/b/").model()).isEqualTo(BYTES);
    assertThat(rules(BYTES, BYTES, "/a/", "/b/").sources()).containsExactly(Bytes.utf8("/a/"));
  }
}
