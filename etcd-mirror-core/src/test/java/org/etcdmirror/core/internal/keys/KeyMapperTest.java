package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyMapperTest {

  private static final KeyModel PATHS = KeyModel.PATHS;
  private static final KeyModel BYTES = KeyModel.BYTES;

  private static KeyMapper mapper(MirrorScope scope, KeyModel source, KeyModel sink) {
    return new KeyMapper(scope, source, sink, ExpiryPolicy.FOLLOW_SOURCE);
  }

  private static KeyMapper paths(MirrorScope scope) {
    return mapper(scope, PATHS, PATHS);
  }

  private static MirrorScope rename(String from, String to) {
    return MirrorScope.builder().rename(from, to).build();
  }

  private static Put put(String key) {
    return new Put(Bytes.utf8(key), Bytes.utf8("v"), 7, null);
  }

  private static List<MirrorEvent> map(KeyMapper mapper, MirrorEvent event) {
    List<MirrorEvent> out = new ArrayList<>();
    mapper.map(event, out);
    return out;
  }

  private static List<Entry> entries(KeyMapper mapper, Entry entry) {
    List<Entry> out = new ArrayList<>();
    mapper.mapEntry(entry, out);
    return out;
  }

  private static List<String> keys(List<MirrorEvent> events) {
    return events.stream().map(event -> event.key().toString()).toList();
  }

  @Test
  void pathPrefixCoversWholeSegmentsOnly() {
    KeyMapper mapper = paths(MirrorScope.of("/conf"));
    assertThat(map(mapper, put("/conf/a"))).containsExactly(put("/conf/a"));
    assertThat(map(mapper, put("/conf"))).containsExactly(put("/conf"));
    assertThat(map(mapper, put("/conftool/a"))).isEmpty();
    assertThat(map(mapper, put("/conf-a"))).isEmpty();
    assertThat(map(mapper, put("/x/conf/a"))).isEmpty();
  }

  @Test
  void bytePrefixCoversAllKeysThatStartWithIt() {
    KeyMapper mapper = mapper(MirrorScope.of("/conf"), BYTES, BYTES);
    assertThat(map(mapper, put("/conftool/a"))).hasSize(1);
    assertThat(map(mapper, put("/con"))).isEmpty();
    assertThat(map(mapper(MirrorScope.of(""), BYTES, BYTES), put("anything"))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "/conf, /other, /conf/a/b, /other/a/b",
    "/conf, /other, /conf, /other",
    "/conf, /a/b/c, /conf/x, /a/b/c/x",
    "/a/b, /, /a/b/x, /x",
    "/, /backup, /x/y, /backup/x/y",
    "/, /backup, /, /backup",
    "/, /, /x, /x",
    "/conf, /conf/conf, /conf/conf/x, /conf/conf/conf/x",
    "/conf/, /other//, /conf/x, /other/x",
  })
  void renameReplacesPrefixOnce(String from, String to, String key, String expected) {
    KeyMapper mapper = paths(rename(from, to));
    assertThat(keys(map(mapper, put(key)))).containsExactly(expected);
    assertThat(mapper.owns(Bytes.utf8(expected))).isTrue();
  }

  @Test
  void renameReplacesBytePrefix() {
    KeyMapper mapper = mapper(rename("a", "bb/"), BYTES, BYTES);
    assertThat(keys(map(mapper, put("a")))).containsExactly("bb/");
    assertThat(keys(map(mapper, put("ab")))).containsExactly("bb/b");
    assertThat(keys(map(mapper(rename("", "x"), BYTES, BYTES), put("k")))).containsExactly("xk");
    assertThat(keys(map(mapper(rename("x", ""), BYTES, BYTES), put("xk")))).containsExactly("k");
  }

  @Test
  void anExcludeMatchesTheWholeSourceKey() {
    KeyMapper mapper =
        paths(
            MirrorScope.builder()
                .rename("/conf", "/copy")
                .exclude(Pattern.compile("/conf/secret(/.*)?"))
                .build());
    assertThat(map(mapper, put("/conf/secret"))).isEmpty();
    assertThat(map(mapper, put("/conf/secret/a"))).isEmpty();
    assertThat(map(mapper, put("/conf/secrets"))).hasSize(1);
    assertThat(map(mapper, put("/conf/x/conf/secret"))).hasSize(1);
    assertThat(entries(mapper, put("/conf/secret"))).isEmpty();
    assertThat(mapper.owns(Bytes.utf8("/copy/secret/a"))).isFalse();
    assertThat(mapper.owns(Bytes.utf8("/copy/secrets"))).isTrue();
    assertThat(mapper.owns(Bytes.utf8("/conf/x"))).isFalse();
  }

  @Test
  void treeDeleteOfAncestorDeletesEachPrefixInIt() {
    KeyMapper mapper =
        paths(MirrorScope.builder().rename("/a/b", "/x").prefix("/a/c").prefix("/d").build());
    assertThat(map(mapper, new DeleteTree(Bytes.utf8("/a"), 9)))
        .containsExactly(
            new DeleteTree(Bytes.utf8("/x"), 9), new DeleteTree(Bytes.utf8("/a/c"), 9));
    assertThat(map(mapper, new DeleteTree(Bytes.utf8("/a/b/c"), 9)))
        .containsExactly(new DeleteTree(Bytes.utf8("/x/c"), 9));
    assertThat(map(mapper, new DeleteTree(Bytes.utf8("/e"), 9))).isEmpty();
  }

  @Test
  void treeDeleteOfExcludedKeyStillDeletesKeysBelowIt() {
    KeyMapper mapper =
        paths(
            MirrorScope.builder().prefix("/conf").exclude(Pattern.compile("/conf/locks")).build());
    assertThat(map(mapper, put("/conf/locks/a"))).hasSize(1);
    assertThat(map(mapper, new DeleteTree(Bytes.utf8("/conf/locks"), 9))).hasSize(1);
  }

  @Test
  void rootDirectoryIsNeitherMadeNorDeleted() {
    KeyMapper mapper = paths(rename("/conf", "/"));
    MakeDirectory top = new MakeDirectory(Bytes.utf8("/conf"), 9, null);
    assertThat(entries(mapper, top)).isEmpty();
    assertThat(map(mapper, top)).isEmpty();
    assertThat(map(mapper, new Delete(Bytes.utf8("/conf"), 9))).isEmpty();
    assertThat(map(mapper, new DeleteTree(Bytes.utf8("/conf"), 9)))
        .containsExactly(new DeleteTree(Bytes.utf8("/"), 9));
  }

  @Test
  void directoryDeletesValueInByteSink() {
    KeyMapper mapper = mapper(MirrorScope.of("/conf"), PATHS, BYTES);
    MakeDirectory directory = new MakeDirectory(Bytes.utf8("/conf/d"), 9, null);
    assertThat(entries(mapper, directory)).isEmpty();
    assertThat(map(mapper, directory)).containsExactly(new Delete(Bytes.utf8("/conf/d"), 9));
    assertThat(mapper.owns(Bytes.utf8("/conftool/a"))).isFalse();
  }

  @Test
  void byteKeysToPathSinkAreMatchedBySegments() {
    KeyMapper mapper = mapper(rename("/conf/", "/copy"), BYTES, PATHS);
    assertThat(mapper.sourcePrefixes()).containsExactly(Bytes.utf8("/conf"));
    assertThat(mapper.targetPrefixes()).containsExactly(Bytes.utf8("/copy"));
    assertThat(keys(map(mapper, put("/conf/a")))).containsExactly("/copy/a");
    assertThat(map(mapper, put("/conftool/a"))).isEmpty();
    assertThat(mapper.owns(Bytes.utf8("/copycat"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/conf//a", "/conf/", "/conf/a/", "/conf/./a", "/conf/../a"})
  void invalidPathKeyIsRefusedUnderItsTargetName(String key) {
    KeyMapper mapper = mapper(rename("/conf", "/copy"), BYTES, PATHS);
    String copy = key.replace("/conf", "/copy");
    assertThat(keys(map(mapper, put(key)))).containsExactly(copy);
    assertThat(mapper.refusal(Bytes.utf8(copy))).isNotNull();
    assertThat(mapper.refusal(Bytes.utf8("/copy/.a/..b"))).isNull();
    assertThat(paths(MirrorScope.of("/conf")).refusal(Bytes.utf8(key))).isNull();
  }

  @Test
  void valueAtRootIsRefused() {
    KeyMapper mapper = mapper(rename("/conf", "/"), BYTES, PATHS);
    assertThat(keys(map(mapper, put("/conf")))).containsExactly("/");
    assertThat(mapper.refusal(Bytes.utf8("/"))).isNotNull();
  }

  @Test
  void overlappingPrefixesAreRefusedOnEitherSide() {
    assertThatThrownBy(() -> paths(MirrorScope.of("/a", "/a/b")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("overlap");
    assertThatThrownBy(() -> paths(MirrorScope.of("/", "/b")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> paths(MirrorScope.builder().rename("/a", "/x").rename("/b", "/x/y").build()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mapper(MirrorScope.of("/a", "/ab"), BYTES, BYTES))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(paths(MirrorScope.of("/a", "/ab")).sourcePrefixes()).hasSize(2);
    // A side with byte keys would deliver /ab twice.
    assertThatThrownBy(() -> mapper(MirrorScope.of("/a", "/ab"), BYTES, PATHS))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> mapper(MirrorScope.of("/a", "/ab"), PATHS, BYTES))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "conf", "/a//b", "/a/./b", "/a/..", "conf/a"})
  void invalidPathPrefixesAreRefused(String prefix) {
    assertThatThrownBy(() -> paths(rename(prefix, "/x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> paths(rename("/x", prefix)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void expiriesAreKeptOnlyUnderCopyPolicy() {
    Expiry soon = Expiry.in(Duration.ofSeconds(60));
    Put leased = new Put(Bytes.utf8("/conf/a"), Bytes.EMPTY, 7, soon);
    MakeDirectory directory = new MakeDirectory(Bytes.utf8("/conf/d"), 7, soon);
    KeyMapper strips = paths(MirrorScope.of("/conf"));
    KeyMapper keeps = new KeyMapper(MirrorScope.of("/conf"), PATHS, PATHS, ExpiryPolicy.COPY);
    assertThat(entries(strips, leased)).containsExactly(leased.withoutExpiry());
    assertThat(map(strips, leased)).containsExactly(leased.withoutExpiry());
    assertThat(map(strips, directory)).containsExactly(directory.withoutExpiry());
    assertThat(entries(keeps, leased)).containsExactly(leased);
    assertThat(map(keeps, leased)).containsExactly(leased);
    assertThat(map(keeps, directory)).containsExactly(directory);
  }
}
