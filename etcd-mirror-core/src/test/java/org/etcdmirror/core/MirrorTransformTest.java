package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.internal.keys.CoalescerTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A mirror with a transform, live and by comparison. */
class MirrorTransformTest extends MirrorFixture {

  private static final DeleteLimit ANY = DeleteLimit.percent(100);

  /** Hides, doubles or renames a key by its value, and makes all values upper case. */
  private static final Transform MIXED =
      new Transform() {
        @Override
        public String identity() {
          return "mixed";
        }

        @Override
        public List<Bytes> keys(Bytes key) {
          return List.of(named("plain", key), named("double", key));
        }

        @Override
        public List<Put> apply(Put put) {
          Put upper = new Put(put.key(), upper(put.value()), put.index(), put.expiresAt());
          return switch (put.value().utf8().charAt(0)) {
            case 'h' -> List.of();
            case 'd' ->
                List.of(
                    upper.withKey(named("double", put.key())),
                    upper.withKey(named("plain", put.key())));
            default -> List.of(upper.withKey(named("plain", put.key())));
          };
        }
      };

  private static Bytes upper(Bytes value) {
    return Bytes.utf8(value.utf8().toUpperCase(Locale.ROOT));
  }

  /** {@code /conf/a/b} becomes {@code /conf/b-a/plain}, in another order than the source's. */
  private static Bytes named(String kind, Bytes key) {
    String[] parts = key.utf8().split("/", -1);
    StringBuilder name = new StringBuilder("/conf/");
    for (int i = parts.length - 1; i > 1; i--) {
      name.append(parts[i]).append(i > 2 ? "-" : "/");
    }
    return Bytes.utf8(name + kind);
  }

  private static Map<String, String> expected(Map<String, String> source) {
    Map<String, String> expected = new TreeMap<>();
    source.forEach((key, value) -> {
      for (Put put : MIXED.apply(new Put(Bytes.utf8(key), Bytes.utf8(value), 1, null))) {
        expected.put(put.key().utf8(), put.value().utf8());
      }
    });
    return expected;
  }

  private void use(KeyModel model, Transform transform) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
    scope = MirrorScope.builder().prefix("/conf").transform(transform).build();
  }

  @ParameterizedTest
  @EnumSource
  void transformedKeysFollowPutsAndDeletes(KeyModel model) throws Exception {
    use(model, MIXED);
    source.put("/conf/a", "double");
    source.put("/conf/b", "plain");
    EtcdMirror mirror = following();
    assertThat(sink.values())
        .isEqualTo(
            Map.of(
                "/conf/a/double", "DOUBLE", "/conf/a/plain", "DOUBLE", "/conf/b/plain", "PLAIN"));
    source.put("/conf/a", "plain");
    source.put("/conf/b", "hidden");
    source.put("/conf/c", "double");
    level(mirror);
    assertThat(sink.values())
        .isEqualTo(
            Map.of(
                "/conf/a/plain", "PLAIN", "/conf/c/plain", "DOUBLE", "/conf/c/double", "DOUBLE"));
    source.delete("/conf/c");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a/plain", "PLAIN"));
    assertThat(told.gaps).isEmpty();
  }

  @Test
  void deletedTreeUnderRenamingTransformCausesResync() throws Exception {
    use(KeyModel.PATHS, MIXED);
    source.put("/conf/d/x", "double");
    source.put("/conf/e/y", "plain");
    EtcdMirror mirror = following(b -> b.deleteLimit(ANY));
    source.deleteTree("/other");
    level(mirror);
    assertThat(told.gaps).isEmpty();
    source.put("/conf/d/z", "plain");
    source.deleteTree("/conf/d");
    source.put("/conf/d/new", "plain");
    level(mirror);
    eventually(() -> sink.values().equals(expected(source.values())));
    assertThat(sink.values().keySet()).containsExactly("/conf/new-d/plain", "/conf/y-e/plain");
    assertThat(told.reasons()).containsExactly(Gap.Reason.FORCED);
    source.put("/conf/e/y", "double");
    level(mirror);
    eventually(() -> store.index() == source.index());
    assertThat(sink.values()).isEqualTo(expected(source.values()));
  }

  @Test
  void deletedTreeInBacklogCausesResync() throws Exception {
    use(KeyModel.PATHS, MIXED);
    source.put("/conf/d/x", "double");
    following().close();
    source.deleteTree("/conf/d");
    source.put("/conf/e", "plain");
    EtcdMirror mirror = following(b -> b.deleteLimit(ANY));
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/e/plain", "PLAIN"));
  }

  @Test
  void aTransformThatFailsStopsTheMirror() throws Exception {
    use(
        KeyModel.BYTES,
        Transform.ofValues(
            "picky",
            value -> {
              if (value.utf8().equals("bad")) {
                throw new IllegalStateException("no");
              }
              return value;
            }));
    EtcdMirror mirror = following();
    long index = source.put("/conf/good", "1");
    level(mirror);
    source.put("/conf/x", "bad");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("'picky'", "Transform$", "'/conf/x'");
    assertThat(store.index()).isEqualTo(index);
  }

  @Test
  void collidingKeysFailMirrorBeforeFirstWrite() {
    use(KeyModel.BYTES, Transform.ofKeys("one", key -> Bytes.utf8("/conf/x")));
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce).hasCauseInstanceOf(PermanentException.class);
    assertThat(sink.batches()).isEmpty();
  }

  @Test
  void droppedValuesLeaveSameDirectoriesLiveAndByResync() throws Exception {
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
            return put.value().utf8().equals("drop") ? List.of() : List.of(put);
          }
        };
    use(KeyModel.PATHS, drop);
    EtcdMirror mirror = following();
    source.put("/conf/d/e/a", "drop");
    source.put("/conf/f/a", "keep");
    source.put("/conf/f/a", "drop");
    level(mirror);
    mirror.close();
    FakeSink live = sink;
    sink = new FakeSink(KeyModel.PATHS);
    store = new FakeStore();
    following();
    assertThat(CoalescerTest.state(live.held)).isEqualTo(CoalescerTest.state(sink.held));
  }

  @RepeatedTest(3)
  void followedStateEqualsResyncedState() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MirrorTransformTest seed " + seed);
    Random random = new Random(seed);
    use(random.nextBoolean() ? KeyModel.PATHS : KeyModel.BYTES, MIXED);
    EtcdMirror mirror = started(b -> b.deleteLimit(ANY));
    for (int i = 0; i < 300; i++) {
      String key = "/conf/" + (char) ('a' + random.nextInt(3)) + "/" + random.nextInt(5);
      switch (random.nextInt(20)) {
        case 0 -> source.deleteTree(key.substring(0, 7));
        case 1 -> {
          mirror.close();
          mirror = started(b -> b.deleteLimit(ANY));
        }
        case 2, 3, 4 -> source.delete(key);
        default -> source.put(key, List.of("plain", "double", "hidden").get(random.nextInt(3)));
      }
    }
    EtcdMirror last = mirror;
    eventually(
        () -> sink.values().equals(expected(source.values())) && store.index() == source.index());
    // A resync stores its index before it is over.
    awaitState(last, MirrorState.FOLLOWING);
    last.close();
    FakeSink live = sink;
    sink = new FakeSink(source.keyModel());
    store = new FakeStore();
    following();
    assertThat(sink.values()).as("seed %d", seed).isEqualTo(live.values());
  }
}
