package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.diff.MappedSnapshot;
import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.Test;

/** How transforms apply to events and snapshots, and which transforms are refused. */
class KeyTransformTest {

  private static final Expiry SOON = Expiry.in(Duration.ofSeconds(60));

  /** Maps a key to two; the second one exists only for values that begin with "two". */
  private static final Transform TWO =
      transform(
          key -> List.of(key, "/conf/two" + key.substring(5)),
          put ->
              put.value().utf8().startsWith("two")
                  ? List.of(put, put.withKey(Bytes.utf8("/conf/two" + name(put).substring(5))))
                  : List.of(put));

  private static String name(Put put) {
    return put.key().utf8();
  }

  private static Transform transform(
      Function<String, List<String>> keys, Function<Put, List<Put>> apply) {
    return new Transform() {
      @Override
      public String identity() {
        return "mine";
      }

      @Override
      public List<Bytes> keys(Bytes key) {
        return keys.apply(key.utf8()).stream().map(Bytes::utf8).toList();
      }

      @Override
      public List<Put> apply(Put put) {
        return apply.apply(put);
      }
    };
  }

  private static MirrorScope.Builder scope(Transform transform) {
    return MirrorScope.builder().prefix("/conf").transform(transform);
  }

  private static KeyMapper mapper(MirrorScope.Builder scope, KeyModel model) {
    return new KeyMapper(scope.build(), model, model, ExpiryPolicy.COPY);
  }

  private static KeyMapper mapper(MirrorScope.Builder scope) {
    return mapper(scope, KeyModel.BYTES);
  }

  private static Put put(String key, String value) {
    return new Put(Bytes.utf8(key), Bytes.utf8(value), 7, null);
  }

  private static Delete delete(String key) {
    return new Delete(Bytes.utf8(key), 7);
  }

  private static List<MirrorEvent> map(KeyMapper mapper, MirrorEvent event) {
    List<MirrorEvent> out = new ArrayList<>();
    mapper.map(event, out);
    return out;
  }

  private static List<Entry> snapshot(KeyMapper mapper, Put... puts) throws Exception {
    InMemorySink state =
        mapper.sourceModel() == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes();
    state.apply(EventBatch.of(List.of(puts), 7, 7));
    List<Entry> entries = new ArrayList<>();
    Selection selection = new Selection(mapper.sourcePrefixes(), false);
    try (Snapshot mapped = new MappedSnapshot(state.snapshot(selection), mapper)) {
      for (Entry entry = mapped.next(); entry != null; entry = mapped.next()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  @Test
  void putWritesItsKeysAndDeletesOtherPossibleKeys() throws Exception {
    KeyMapper mapper = mapper(scope(TWO));
    assertThat(map(mapper, put("/conf/a", "two")))
        .containsExactly(put("/conf/a", "two"), put("/conf/two/a", "two"));
    assertThat(map(mapper, put("/conf/a", "one")))
        .containsExactly(put("/conf/a", "one"), delete("/conf/two/a"));
    assertThat(snapshot(mapper, put("/conf/a", "one"))).containsExactly(put("/conf/a", "one"));
  }

  @Test
  void deleteDeletesAllPossibleKeys() {
    assertThat(map(mapper(scope(TWO)), delete("/conf/a")))
        .containsExactly(delete("/conf/a"), delete("/conf/two/a"));
  }

  @Test
  void refreshProlongsAllPossibleKeys() {
    Refresh refresh = new Refresh(Bytes.utf8("/conf/a"), 7, SOON, null);
    assertThat(map(mapper(scope(TWO)), refresh))
        .containsExactly(refresh, refresh.withKey(Bytes.utf8("/conf/two/a")));
  }

  @Test
  void excludesApplyBeforeAndAfterTransform() throws Exception {
    KeyMapper mapper =
        mapper(
            scope(TWO)
                .exclude(Pattern.compile("/conf/secret/.*"))
                .exclude(Pattern.compile("/conf/two/hidden")));
    assertThat(map(mapper, put("/conf/secret/a", "two"))).isEmpty();
    assertThat(map(mapper, put("/conf/hidden", "two"))).containsExactly(put("/conf/hidden", "two"));
    assertThat(map(mapper, delete("/conf/hidden"))).containsExactly(delete("/conf/hidden"));
    assertThat(snapshot(mapper, put("/conf/secret/a", "two"), put("/conf/hidden", "two")))
        .containsExactly(put("/conf/hidden", "two"));
    assertThat(mapper.owns(Bytes.utf8("/conf/two/hidden"))).isFalse();
  }

  @Test
  void renameRuleAppliesToTransformedKey() throws Exception {
    Transform moves =
        Transform.ofKeys("move", key -> Bytes.utf8(key.utf8().replace("/conf/a", "/other/a")));
    KeyMapper mapper =
        mapper(
            MirrorScope.builder()
                .rename("/conf", "/copy")
                .rename("/other", "/more")
                .transform(moves));
    assertThat(map(mapper, put("/conf/a", "1"))).containsExactly(put("/more/a", "1"));
    assertThat(map(mapper, put("/conf/b", "1"))).containsExactly(put("/copy/b", "1"));
    assertThat(snapshot(mapper, put("/conf/a", "1"), put("/conf/b", "2"), put("/other/0", "3")))
        .as("in the order of the rules and then of the sink's keys")
        .containsExactly(put("/copy/b", "2"), put("/more/0", "3"), put("/more/a", "1"));
  }

  @Test
  void transformedKeyOutsideScopeIsNotMirrored() throws Exception {
    Transform leaves = Transform.ofKeys("leave", key -> Bytes.utf8("/elsewhere"));
    KeyMapper mapper = mapper(scope(leaves));
    assertThat(map(mapper, put("/conf/a", "1"))).isEmpty();
    assertThat(map(mapper, delete("/conf/a"))).isEmpty();
    assertThat(snapshot(mapper, put("/conf/a", "1"))).isEmpty();
    assertThat(mapper.held(Bytes.utf8("/conf/a"))).isEmpty();
  }

  @Test
  void snapshotIsInOrderOfTransformedKeys() throws Exception {
    Transform reverse =
        Transform.ofKeys(
            "reverse",
            key -> {
              String rest = key.utf8().substring("/conf/".length());
              return Bytes.utf8("/conf/" + new StringBuilder(rest).reverse());
            });
    assertThat(
            snapshot(
                mapper(scope(reverse)),
                put("/conf/az", "1"),
                put("/conf/by", "2"),
                put("/conf/cx", "3")))
        .containsExactly(put("/conf/xc", "3"), put("/conf/yb", "2"), put("/conf/za", "1"));
  }

  @Test
  void collidingKeysAreNamed() {
    KeyMapper mapper = mapper(scope(Transform.ofKeys("one", key -> Bytes.utf8("/conf/x"))));
    assertThatThrownBy(
            () -> snapshot(mapper, put("/conf/a", "1"), put("/conf/b", "2"), put("/conf/c", "3")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("'one'", "/conf/a", "/conf/b", "/conf/c", "'/conf/x'");
  }

  @Test
  void aTransformThatThrowsIsNamedWithTheKey() {
    IllegalStateException cause = new IllegalStateException("not mine");
    Transform throwing =
        transform(
            key -> List.of(key),
            put -> {
              throw cause;
            });
    assertThatThrownBy(() -> map(mapper(scope(throwing)), put("/conf/a", "1")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("'mine'", "'/conf/a'", "not mine")
        .hasCause(cause);
    Transform keyless =
        transform(
            key -> {
              throw cause;
            },
            put -> List.of(put));
    assertThatThrownBy(() -> map(mapper(scope(keyless)), delete("/conf/a")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("'mine'", "'/conf/a'")
        .hasCause(cause);
  }

  @Test
  void undeclaredKeyIsRefused() {
    Transform undeclared =
        transform(
            key -> List.of(key), put -> List.of(put, put.withKey(Bytes.utf8("/conf/surprise"))));
    assertThatThrownBy(() -> map(mapper(scope(undeclared)), put("/conf/a", "1")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("'mine'", "'/conf/a'", "'/conf/surprise'");
  }

  @Test
  void duplicateKeyFromOnePutIsRefused() {
    Transform twice = transform(key -> List.of(key), put -> List.of(put, put));
    assertThatThrownBy(() -> map(mapper(scope(twice)), put("/conf/a", "1")))
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("'mine'", "'/conf/a'", "twice");
  }

  @Test
  void transformCannotChangeIndex() {
    Transform backdates =
        transform(
            key -> List.of(key), put -> List.of(new Put(put.key(), put.value(), 99, null, null)));
    assertThat(map(mapper(scope(backdates)), put("/conf/a", "1")))
        .containsExactly(put("/conf/a", "1"));
  }

  @Test
  void valueTransformKeepsTreesAndDirectories() throws Exception {
    Transform values =
        Transform.ofValues("upper", value -> Bytes.utf8(value.utf8().toUpperCase(Locale.ROOT)));
    KeyMapper mapper = mapper(scope(values), KeyModel.PATHS);
    DeleteTree tree = new DeleteTree(Bytes.utf8("/conf/d"), 7);
    MakeDirectory directory = new MakeDirectory(Bytes.utf8("/conf/d"), 7, null);
    assertThat(map(mapper, put("/conf/d/a", "x"))).containsExactly(put("/conf/d/a", "X"));
    assertThat(map(mapper, tree)).containsExactly(tree);
    assertThat(mapper.needsComparison(tree)).isFalse();
    assertThat(map(mapper, directory)).containsExactly(directory);
    assertThat(mapper.mirrorsDirectories()).isTrue();
    assertThat(snapshot(mapper, put("/conf/d/a", "x")))
        .extracting(entry -> entry.key().toString())
        .containsExactly("/conf", "/conf/d", "/conf/d/a");
  }

  @Test
  void renamedKeysHaveNoDirectories() throws Exception {
    KeyMapper mapper = mapper(scope(TWO), KeyModel.PATHS);
    assertThat(map(mapper, new MakeDirectory(Bytes.utf8("/conf/d"), 7, null)))
        .containsExactly(delete("/conf/d"), delete("/conf/two/d"));
    assertThat(snapshot(mapper, put("/conf/d/a", "x"))).containsExactly(put("/conf/d/a", "x"));
    assertThat(mapper.mirrorsDirectories()).isFalse();
    assertThat(mapper.makesPaths()).isTrue();
    assertThat(mapper.changesModel()).isTrue();
    assertThat(mapper.refusal(Bytes.utf8("/conf//a"))).isNotNull();
  }

  @Test
  void deletedTreeInScopeNeedsComparisonUnderRenamingTransform() {
    KeyMapper mapper = mapper(scope(TWO), KeyModel.PATHS);
    for (String top : List.of("/conf/d", "/conf", "/")) {
      DeleteTree tree = new DeleteTree(Bytes.utf8(top), 7);
      assertThat(mapper.needsComparison(tree)).as(top).isTrue();
      assertThat(map(mapper, tree)).isEmpty();
    }
    assertThat(mapper.needsComparison(new DeleteTree(Bytes.utf8("/conftool"), 7))).isFalse();
  }

  @Test
  void droppedPutStillImpliesItsDirectory() {
    Transform drop =
        new Transform() {
          @Override
          public String identity() {
            return "drop";
          }

          @Override
          public boolean renames() {
            return false;
          }

          @Override
          public List<Put> apply(Put put) {
            return List.of();
          }
        };
    KeyMapper mapper =
        new KeyMapper(
            scope(drop).build(), KeyModel.PATHS, KeyModel.PATHS, ExpiryPolicy.FOLLOW_SOURCE);
    assertThat(map(mapper, put("/conf/d/a", "x")))
        .containsExactly(MakeDirectory.implied(Bytes.utf8("/conf/d"), 7), delete("/conf/d/a"));
    assertThat(map(mapper, put("/conf", "x"))).containsExactly(delete("/conf"));
  }
}
