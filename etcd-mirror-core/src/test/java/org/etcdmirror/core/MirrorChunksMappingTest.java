package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.junit.jupiter.api.Test;

/** Compaction while keys are copied that a transform renames or that shadow others. */
class MirrorChunksMappingTest extends CompactedReadingFixture {

  private final List<EtcdMirror> mirrors = new ArrayList<>();

  @Test
  void renamedKeysAreReadAtOneIndexBeforeFirstWrite() throws Exception {
    scope = renaming();
    behind(
        5,
        () -> {
          source.put(key(2), "second");
          source.delete(key(3));
          source.put(key(20), "second");
          source.put("/conf/001b", "new");
          source.expireSnapshots();
        });
    behind(
        30,
        () -> {
          source.put(key(20), "third");
          source.put(key(35), "second");
          source.expireSnapshots();
        });
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    assertThat(sink.values()).isEqualTo(renamed(source.values()));
    Set<Bytes> written = new HashSet<>();
    assertThat(sink.events()).allMatch(event -> written.add(event.key()));
  }

  /** Reverses the digits, which changes the order of the keys. */
  private static MirrorScope renaming() {
    return MirrorScope.builder()
        .prefix("/conf/")
        .transform(
            Transform.ofKeys(
                "reversed",
                key ->
                    Bytes.utf8(
                        "/conf/"
                            + new StringBuilder(key.utf8().substring("/conf/".length()))
                                .reverse())))
        .build();
  }

  private static Map<String, String> renamed(Map<String, String> values) {
    Map<String, String> renamed = new TreeMap<>();
    values.forEach((key, value) ->
        renamed.put(
            "/conf/" + new StringBuilder(key.substring("/conf/".length())).reverse(), value));
    return renamed;
  }

  @Test
  void shadowedKeyIsCopiedWhenShadowingValueIsDeleted() throws Exception {
    sink = new FakeSink(KeyModel.PATHS);
    source.put("/conf/002/below", "shadowed");
    behind(
        5,
        () -> {
          source.delete(key(2));
          source.expireSnapshots();
        });
    awaitLevel(started(builder -> builder.unsupportedEntries(UnsupportedEntries.SKIP)));
    assertThat(sink.values()).containsKey("/conf/002/below");
  }

  @Test
  void shadowedKeyFromStreamIsCopiedWhenValueIsDeleted() throws Exception {
    sink = new FakeSink(KeyModel.PATHS);
    behind(
        5,
        () -> {
          source.put("/conf/003/below", "left out");
          // Otherwise the stream delivers this put and the delete in one batch.
          handedOver(mirrors.get(0));
          source.expireSnapshots();
        });
    behind(
        10,
        () -> {
          source.delete(key(3));
          source.expireSnapshots();
        });
    EtcdMirror mirror = mirror(builder -> builder.unsupportedEntries(UnsupportedEntries.SKIP));
    mirrors.add(mirror);
    mirror.start();
    awaitLevel(mirror);
    assertThat(sink.values()).containsKey("/conf/003/below");
  }
}
