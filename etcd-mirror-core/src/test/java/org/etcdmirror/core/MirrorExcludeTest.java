package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.internal.checkpoint.ScopeNote;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What excludes leave out, and the warnings about excludes that seem wrong. */
class MirrorExcludeTest extends MirrorFixture {

  private final CapturedLog log = new CapturedLog();

  @AfterEach
  void stopListening() {
    log.close();
  }

  private List<String> warnings() {
    return log.warnings().stream().filter(text -> text.contains("exclude")).toList();
  }

  private void use(KeyModel model, MirrorScope.Builder builder) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
    scope = builder.build();
    source.put("/conf/a", "1");
    source.put("/conf/secret/key", "s");
    source.put("/conf/secrets", "t");
  }

  private static MirrorScope.Builder conf() {
    return MirrorScope.builder().prefix("/conf");
  }

  private static MirrorStatus.Excluded only(EtcdMirror mirror) {
    assertThat(mirror.status().excluded()).hasSize(1);
    return mirror.status().excluded().get(0);
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void patternThatNamesDirectoryIsWarnedAboutOnce(KeyModel model) throws Exception {
    use(model, conf().exclude(Pattern.compile("/conf/secret")));
    EtcdMirror mirror = following();
    assertThat(sink.values()).containsKey("/conf/secret/key");
    assertThat(only(mirror).warning())
        .contains("'/conf/secret' matches whole keys only", "'/conf/secret/key'")
        .contains("--exclude-prefix");
    mirror.verify();
    mirror.plan();
    assertThat(warnings()).hasSize(1).allMatch(text -> text.contains("/conf/secret/key"));
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void patternThatNamesLaterDirectoryIsShownInStatus(KeyModel model) throws Exception {
    use(model, conf().exclude(Pattern.compile("/conf/later")));
    EtcdMirror mirror = following();
    assertThat(only(mirror).warning()).contains("matches no key");
    source.put("/conf/later/key", "s");
    level(mirror);
    assertThat(only(mirror).warning()).contains("matches whole keys only", "/conf/later/key");
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void patternWithoutMatchIsWarnedAbout(KeyModel model) throws Exception {
    use(model, conf().exclude(Pattern.compile("/conf/(typo|nothing).*")));
    EtcdMirror mirror = following();
    assertThat(only(mirror))
        .isEqualTo(
            new MirrorStatus.Excluded(
                "/conf/(typo|nothing).*",
                0,
                "exclude '/conf/(typo|nothing).*' matches no key of the source; check the pattern"));
    assertThat(warnings()).hasSize(1);
    source.put("/conf/typo", "1");
    level(mirror);
    assertThat(only(mirror).leftOut()).isEqualTo(1);
    assertThat(only(mirror).warning()).isNull();
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void patternThatMatchesKeyCausesNoWarning(KeyModel model) throws Exception {
    use(model, conf().exclude(Pattern.compile("/conf/a")));
    EtcdMirror mirror = following();
    assertThat(sink.values()).containsOnlyKeys("/conf/secret/key", "/conf/secrets");
    assertThat(only(mirror)).isEqualTo(new MirrorStatus.Excluded("/conf/a", 1, null));
    mirror.verify();
    assertThat(only(mirror).leftOut()).as("each key counts once").isEqualTo(1);
    assertThat(warnings()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void excludedPrefixLeavesOutItsKeys(KeyModel model) throws Exception {
    use(model, conf().excludePrefix("/conf/secret/"));
    EtcdMirror mirror = following();
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/secrets");
    source.put("/conf/secret/live", "s");
    source.put("/conf/b", "2");
    level(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/b", "/conf/secrets");
    MirrorStatus.Excluded told = only(mirror);
    assertThat(told.exclude()).startsWith("prefix /conf/secret");
    assertThat(told.leftOut()).isBetween(2, 3);
    assertThat(told.warning()).isNull();
    assertThat(mirror.verify().isEqual()).isTrue();
    assertThat(warnings()).isEmpty();
  }

  @Test
  void excludedPrefixFollowsKeyModel() throws Exception {
    use(KeyModel.PATHS, conf().excludePrefix("/conf/secret"));
    following().close();
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/secrets");
    store = new FakeStore();
    use(KeyModel.BYTES, conf().excludePrefix("/conf/secret"));
    following().close();
    assertThat(sink.values()).containsOnlyKeys("/conf/a");
  }

  @Test
  void sinkKeysUnderExcludedPrefixAreNotTouched() throws Exception {
    use(KeyModel.PATHS, conf().excludePrefix("/conf/secret"));
    sink.preset("/conf/secret/own", "mine");
    following();
    assertThat(sink.values()).containsEntry("/conf/secret/own", "mine");
  }

  @Test
  void excludedPrefixIsPartOfScopeAndScopeNote() {
    MirrorScope with = conf().excludePrefix("/conf/x").build();
    assertThat(with.fingerprint(ExpiryPolicy.COPY))
        .isNotEqualTo(conf().build().fingerprint(ExpiryPolicy.COPY))
        .isNotEqualTo(conf().excludePrefix("/conf/y").build().fingerprint(ExpiryPolicy.COPY));
    KeyMapper mapper =
        new KeyMapper(with, KeyModel.PATHS, KeyModel.PATHS, ExpiryPolicy.FOLLOW_SOURCE);
    KeyMapper read = ScopeNote.parse(ScopeNote.format(mapper));
    assertThat(read.owns(Bytes.utf8("/conf/x/y"))).isFalse();
    assertThat(read.owns(Bytes.utf8("/conf/z"))).isTrue();
    assertThat(with.inverse().excludes()).isEqualTo(with.excludes());
  }

  @Test
  void invalidExcludedPrefixIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> conf().excludePrefix(""));
    scope = conf().excludePrefix("conf").build();
    assertThatIllegalArgumentException()
        .isThrownBy(this::mirror)
        .withMessageContaining("prefix does not begin with a slash: 'conf'");
  }

  @Test
  void leftOutCountIsBounded() throws Exception {
    use(KeyModel.BYTES, conf().excludePrefix("/conf/n/"));
    for (int i = 0; i < MirrorStatus.Excluded.MOST + 100; i++) {
      source.put("/conf/n/" + i, "v");
    }
    EtcdMirror mirror = following();
    assertThat(only(mirror).leftOut()).isEqualTo(MirrorStatus.Excluded.MOST);
    assertThat(sink.values().keySet())
        .isEqualTo(Set.of("/conf/a", "/conf/secret/key", "/conf/secrets"));
  }
}
