package org.etcdmirror.core.internal.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notes survive the way to text and back, and people can read them. */
class CheckpointNotesTest {

  private static KeyMapper mapper(MirrorScope scope) {
    return new KeyMapper(scope, KeyModel.BYTES, KeyModel.BYTES, ExpiryPolicy.FOLLOW_SOURCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/conf/a", "a b  c ", "ä\u2028", "", "0x00", "two\nlines", "\u0000", " "})
  void anchorNoteRoundTripsForAnyKey(String key) {
    Anchor anchor = new Anchor(Bytes.utf8(key), 7, 12);
    String note = AnchorNote.format(anchor);
    assertThat(note.lines()).hasSize(1);
    assertThat(AnchorNote.parse(note)).isEqualTo(anchor);
  }

  @Test
  void anchorNoteRoundTripsForBinaryKey() {
    Anchor anchor = new Anchor(Bytes.of(new byte[] {'a', (byte) 0xff, 0}), 7, 12);
    assertThat(AnchorNote.format(anchor)).isEqualTo("7 12 0x61ff00");
    assertThat(AnchorNote.parse("7 12 0x61ff00")).isEqualTo(anchor);
  }

  @Test
  void anchorNoteIsReadable() {
    assertThat(AnchorNote.format(new Anchor(Bytes.utf8("/conf/a b"), 7, 12)))
        .isEqualTo("7 12 /conf/a b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7 12", "7 12 ", "x 12 /a", "12 7 /a", "7 12 0x1", "7 12 0xgg"})
  void invalidAnchorNoteIsRefused(String note) {
    assertThatThrownBy(() -> AnchorNote.parse(note)).isInstanceOf(IllegalArgumentException.class);
  }

  private static MirrorScope scope() {
    return MirrorScope.builder()
        .rename("/a", "/b c")
        .rule(new MirrorScope.Rule(Bytes.of(new byte[] {1}), Bytes.of(new byte[] {2})))
        .exclude(Pattern.compile("/A/secret/\\d+", Pattern.CASE_INSENSITIVE))
        .exclude(Pattern.compile("two\nlines"))
        .transform(Transform.ofValues("upper case, 2", value -> value))
        .build();
  }

  @Test
  void scopeNoteIsReadableAndComplete() {
    assertThat(ScopeNote.format(mapper(scope())))
        .isEqualTo(
            """
            keys BYTES BYTES
            from /a
            to /b c
            from 0x01
            to 0x02
            exclude 2 /A/secret/\\d+
            exclude 0 0x74776f0a6c696e6573
            transform upper case, 2\
            """);
  }

  @Test
  void parsedScopeNoteOwnsSameKeys() {
    KeyMapper owner = ScopeNote.parse(ScopeNote.format(mapper(scope())));
    assertThat(owner.rules()).isEqualTo(mapper(scope()).rules());
    assertThat(owner.owns(Bytes.utf8("/b c/x"))).isTrue();
    assertThat(owner.owns(Bytes.utf8("/b c/SECRET/1"))).isFalse();
    assertThat(owner.owns(Bytes.utf8("/a/x"))).isFalse();
  }

  @Test
  void joinedScopeNotesAreSplitAgain() {
    List<String> scopes =
        List.of(
            ScopeNote.format(mapper(scope())),
            ScopeNote.format(mapper(MirrorScope.of("keys "))),
            ScopeNote.format(mapper(MirrorScope.of("/x"))));
    assertThat(ScopeNote.split(ScopeNote.join(scopes))).isEqualTo(scopes);
    assertThat(ScopeNote.parseOthers(scopes, scopes.get(1))).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "keys PATHS",
        "keys PATHS PATHS",
        "keys PATHS PATHS\nfrom /a",
        "keys PATHS PATHS\nfrom /a\nfrom /b",
        "keys PATHS PATHS\nto /a",
        "keys PATHS PATHS\nfrom a\nto /b",
        "keys PATHS OTHERS\nfrom /a\nto /b",
        "keys PATHS PATHS\nfrom /a\nto /b\nexclude 0",
        "keys PATHS PATHS\nfrom /a\nto /b\nexclude 0 (",
        "keys PATHS PATHS\nfrom /a\nto /b\nexclude x /a",
        "keys PATHS PATHS\nfrom /a\nto /b\nexclude 1073741824 /a",
        "keys PATHS PATHS\nfrom /a\nto /b\nsomething new",
        "keys PATHS PATHS\nfrom /a\nto /b\n",
      })
  void invalidScopeNoteIsRefused(String note) {
    assertThatThrownBy(() -> ScopeNote.parse(note)).isInstanceOf(IllegalArgumentException.class);
  }
}
