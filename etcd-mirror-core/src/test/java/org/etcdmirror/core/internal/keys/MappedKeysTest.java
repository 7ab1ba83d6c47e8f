package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.CapturedLog;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.LoopException;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.Transform;
import org.junit.jupiter.api.Test;

/** What a scope says of single keys, and what it notices while keys pass. */
class MappedKeysTest {

  private static Bytes key(String key) {
    return Bytes.utf8(key);
  }

  private static Put put(String key, String value) {
    return new Put(key(key), Bytes.utf8(value), 7, null);
  }

  private static KeyMapper mapper(KeyModel model, MirrorScope.Builder scope) {
    return new KeyMapper(scope.build(), model, model, ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static KeyMapper renamed() {
    return mapper(KeyModel.PATHS, MirrorScope.builder().rename("/conf", "/copy"));
  }

  private static Transform suffix() {
    return Transform.ofKeys("suffix", key -> key.plus(key("-x")));
  }

  @Test
  void copyIsTracedBackToItsSourceKey() {
    assertThat(renamed().sourceKey(key("/copy/a"))).isEqualTo(key("/conf/a"));
    assertThat(renamed().sourceKey(key("/conf/a"))).as("out of scope").isNull();
    KeyMapper transformed =
        mapper(KeyModel.BYTES, MirrorScope.builder().rename("/conf", "/copy").transform(suffix()));
    assertThat(transformed.sourceKey(key("/copy/a"))).as("only the source tells").isNull();
  }

  @Test
  void keyIsHeldUnderItsNameInTheSink() {
    assertThat(renamed().held(key("/conf/a"))).containsExactly(key("/copy/a"));
    assertThat(renamed().held(key("/other/a"))).isEmpty();
  }

  @Test
  void prefixOfTheSinkIsUnderstoodLikeThoseOfTheRules() {
    assertThat(renamed().sinkPrefix(key("/old/"))).isEqualTo(key("/old"));
    KeyMapper bytes = mapper(KeyModel.BYTES, MirrorScope.builder().prefix("/conf/"));
    assertThat(bytes.sinkPrefix(key("/old/"))).isEqualTo(key("/old/"));
    assertThat(renamed().rules()).containsExactly(new MirrorScope.Rule(key("/conf"), key("/copy")));
  }

  @Test
  void writeOfTheMirrorItselfIsRefusedAsAnEventAndAsAnEntry() {
    KeyMapper mapper = renamed();
    mapper.refuseText(new OwnText("conf", "writer=ab"));
    Put own = put("/conf/a", "writer=ab");
    assertThatThrownBy(() -> mapper.map(own, new ArrayList<>())).isInstanceOf(LoopException.class);
    assertThatThrownBy(() -> mapper.mapEntry(own, new ArrayList<>()))
        .isInstanceOf(LoopException.class);
  }

  @Test
  void slashOnOneSideOfARenameIsWarnedOfWhereItMatters() {
    try (CapturedLog log = new CapturedLog()) {
      MirrorScope.Builder scope = MirrorScope.builder().rename("/conf/", "/copy");
      mapper(KeyModel.BYTES, scope).warnOfRules("link");
      assertThat(log.warnings()).hasSize(1);
      log.clear();
      mapper(KeyModel.PATHS, scope).warnOfRules("link");
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void prefixWithoutAnEntryAndExcludeWithoutAKeyAreWarnedOf() {
    try (CapturedLog log = new CapturedLog()) {
      KeyMapper mapper =
          mapper(
              KeyModel.BYTES,
              MirrorScope.builder().prefix("/a/").prefix("/b/").excludePrefix("/a/x/"));
      mapper.mapEntry(put("/a/1", "v"), new ArrayList<>());
      mapper.warnOfUnmatched("link");
      assertThat(log.warnings()).hasSize(2);
      assertThat(log.warnings().get(0)).contains("nothing is under '/b/'");
      assertThat(log.warnings().get(1)).contains("matches no key of the source");
    }
  }

  private static List<MirrorStatus.Excluded> told(KeyMapper mapper) {
    return mapper.excludes().told();
  }

  private static KeyMapper excluding() {
    return mapper(
        KeyModel.BYTES, MirrorScope.builder().prefix("/a/").exclude(Pattern.compile("/a/x")));
  }

  @Test
  void excludedKeysAreCountedInEventsAndEntries() {
    KeyMapper mapper = excluding();
    mapper.mapEntry(put("/a/x", "v"), new ArrayList<>());
    assertThat(told(mapper).get(0).leftOut()).isEqualTo(1);
    KeyMapper other = excluding();
    other.map(put("/a/x", "v"), new ArrayList<>());
    other.map(put("/elsewhere", "v"), new ArrayList<>());
    assertThat(told(other).get(0).leftOut()).isEqualTo(1);
  }

  @Test
  void keyBelowAnExcludedOneThatIsMirroredIsNoticed() {
    KeyMapper mapper = excluding();
    mapper.mapEntry(put("/a/x/below", "v"), new ArrayList<>());
    assertThat(told(mapper).get(0).warning()).contains("first '/a/x/below'");
    KeyMapper other = excluding();
    other.map(put("/a/x/below", "v"), new ArrayList<>());
    assertThat(told(other).get(0).warning()).contains("first '/a/x/below'");
  }
}
