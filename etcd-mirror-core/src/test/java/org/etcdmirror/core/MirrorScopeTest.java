package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MirrorScopeTest {

  private static MirrorScope excluding(Pattern... patterns) {
    MirrorScope.Builder builder = MirrorScope.builder().prefix("/a");
    for (Pattern pattern : patterns) {
      builder.exclude(pattern);
    }
    return builder.build();
  }

  private static Transform values(String identity) {
    return Transform.ofValues(identity, value -> value);
  }

  @Test
  void fingerprintDistinguishesScopes() {
    List<MirrorScope> scopes =
        List.of(
            MirrorScope.of("/a"),
            MirrorScope.of("/b"),
            MirrorScope.of("/a", "/b"),
            MirrorScope.builder().rename("/a", "/b").build(),
            excluding(Pattern.compile("/a/x")),
            excluding(Pattern.compile("/a/x", Pattern.CASE_INSENSITIVE)),
            excluding(Pattern.compile("/a/x"), Pattern.compile("y")),
            excluding(Pattern.compile("/a/x\n!y")),
            MirrorScope.builder().prefix("/a").transform(values("x")).build(),
            MirrorScope.builder().prefix("/a").transform(values("y")).build(),
            MirrorScope.builder().prefix("/a").transform(values("x\n~1~y")).build());
    Set<String> prints = new HashSet<>();
    for (MirrorScope scope : scopes) {
      prints.add(scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE));
      prints.add(scope.fingerprint(ExpiryPolicy.COPY));
    }
    assertThat(prints).hasSize(scopes.size() * 2);
  }

  @Test
  void equalScopesHaveEqualFingerprints() {
    assertThat(MirrorScope.of("/a", "/b").fingerprint(ExpiryPolicy.COPY))
        .isEqualTo(MirrorScope.of("/a", "/b").fingerprint(ExpiryPolicy.COPY));
  }

  @Test
  void toStringShowsRules() {
    assertThat(MirrorScope.builder().prefix("/a").rename("/b", "/c").build())
        .hasToString("/a,/b=/c");
  }

  @Test
  void scopeWithoutRuleIsRefused() {
    assertThatThrownBy(() -> MirrorScope.builder().build())
        .isInstanceOf(IllegalArgumentException.class);
  }
}
