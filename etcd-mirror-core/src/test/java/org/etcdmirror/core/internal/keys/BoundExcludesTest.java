package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.api.KeyModel.BYTES;
import static org.etcdmirror.api.KeyModel.PATHS;

import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.Exclude;
import org.etcdmirror.core.MirrorStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BoundExcludesTest {

  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void close() {
    log.close();
  }

  private static Exclude pattern(String pattern) {
    return Exclude.of(Pattern.compile(pattern));
  }

  private static boolean matches(BoundExcludes excludes, String key) {
    return excludes.matches(Bytes.utf8(key));
  }

  @Test
  void prefixIsUnderstoodAsTheModelUnderstandsIt() {
    BoundExcludes paths =
        new BoundExcludes(List.of(Exclude.under(Bytes.utf8("/conf/locks/"))), PATHS);
    assertThat(matches(paths, "/conf/locks")).isTrue();
    assertThat(matches(paths, "/conf/locks/a")).isTrue();
    assertThat(matches(paths, "/conf/lockstep")).isFalse();
    assertThat(paths.all()).containsExactly(Exclude.under(Bytes.utf8("/conf/locks")));
    BoundExcludes bytes =
        new BoundExcludes(List.of(Exclude.under(Bytes.utf8("/conf/locks"))), BYTES);
    assertThat(matches(bytes, "/conf/lockstep")).isTrue();
    assertThat(matches(bytes, "/conf/lock")).isFalse();
  }

  @Test
  void withoutExcludesNothingIsLeftOut() {
    BoundExcludes none = new BoundExcludes(List.of(), PATHS);
    assertThat(none.isEmpty()).isTrue();
    assertThat(matches(none, "/a")).isFalse();
    assertThat(none.told()).isEmpty();
  }

  @Test
  void eachKeyThatIsLeftOutCountsOnceForTheFirstExcludeThatMatches() {
    BoundExcludes excludes = new BoundExcludes(List.of(pattern("/a.*"), pattern("/ab.*")), BYTES);
    for (String key : List.of("/a", "/ab", "/abc", "/ab", "/x")) {
      excludes.leftOut(Bytes.utf8(key));
    }
    assertThat(excludes.isEmpty()).isFalse();
    assertThat(excludes.told()).extracting(MirrorStatus.Excluded::leftOut).containsExactly(3, 0);
  }

  @Test
  void excludeThatMatchesNothingIsWarnedOfOnceTheSourceWasRead() {
    BoundExcludes excludes = new BoundExcludes(List.of(pattern("/a.*"), pattern("/b.*")), BYTES);
    excludes.leftOut(Bytes.utf8("/a"));
    assertThat(excludes.told()).extracting(MirrorStatus.Excluded::warning).containsOnlyNulls();
    excludes.judge("link");
    excludes.judge("link");
    assertThat(log.warnings())
        .containsExactly(
            "[link=link] exclude '/b.*' matches no key of the source; check the pattern");
    assertThat(excludes.told().get(0).warning()).isNull();
    assertThat(excludes.told().get(1).warning()).contains("matches no key");
  }

  @Test
  void patternMeantForADirectoryIsWarnedOfWithTheFirstKeyBelowIt() {
    BoundExcludes excludes = new BoundExcludes(List.of(pattern("/a/locks")), BYTES);
    excludes.leftOut(Bytes.utf8("/a/locks"));
    excludes.mirrored(Bytes.utf8("/a/lockstep"));
    excludes.judge("link");
    assertThat(log.warnings()).isEmpty();
    excludes.mirrored(Bytes.utf8("/a/locks/1"));
    excludes.mirrored(Bytes.utf8("/a/locks/2"));
    excludes.judge("link");
    assertThat(log.warnings())
        .singleElement()
        .asString()
        .contains("exclude '/a/locks' matches whole keys only", "first '/a/locks/1'");
  }

  @Test
  void patternWithWildcardsOrFlagsIsNotTakenForADirectory() {
    for (Exclude exclude :
        List.of(pattern("/a/l.*"), Exclude.of(Pattern.compile("/a/l", Pattern.CASE_INSENSITIVE)))) {
      assertThat(ExcludeRule.bind(exclude, BYTES).below()).isNull();
    }
    assertThat(ExcludeRule.bind(pattern("/a/l/"), BYTES).below()).isEqualTo(Bytes.utf8("/a/l/"));
    assertThat(ExcludeRule.bind(Exclude.under(Bytes.utf8("/a")), BYTES).below()).isNull();
  }
}
