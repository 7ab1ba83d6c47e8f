package org.etcdmirror.core.internal.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.EtcdMirrorBuilder;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.FakeStore;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.Transform;
import org.etcdmirror.core.internal.unsupported.EntryRules;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys in which mirrors keep state are mapped from neither side. */
class HiddenKeysTest {

  private static final KeyModel PATHS = KeyModel.PATHS;
  private static final KeyModel BYTES = KeyModel.BYTES;
  private static final Expiry LATER = Expiry.in(java.time.Duration.ofSeconds(60));
  private static final String ELSEWHERE = "/my/index";

  private static KeyMapper mapper(MirrorScope scope, KeyModel source, KeyModel sink) {
    return new KeyMapper(scope, source, sink, ExpiryPolicy.COPY, List.of(bytes(ELSEWHERE)));
  }

  private static KeyMapper everything(KeyModel model) {
    return mapper(MirrorScope.of(model == PATHS ? "/" : ""), model, model);
  }

  private static MirrorScope rename(String from, String to) {
    return MirrorScope.builder().rename(from, to).build();
  }

  private static Bytes bytes(String text) {
    return Bytes.utf8(text);
  }

  /** One event of each kind on a key. */
  private static List<MirrorEvent> eventsOn(String name) {
    Bytes key = bytes(name);
    return List.of(
        new Put(key, bytes("v"), 7, null),
        new MakeDirectory(key, 7, null),
        new Delete(key, 7),
        new DeleteTree(key, 7),
        new Refresh(key, 7, LATER, new Lease(1, java.time.Duration.ofMinutes(1))));
  }

  private static List<MirrorEvent> mapped(KeyMapper mapper, String key) {
    List<MirrorEvent> out = new ArrayList<>();
    for (MirrorEvent event : eventsOn(key)) {
      mapper.map(event, out);
      if (event instanceof Entry entry) {
        List<Entry> entries = new ArrayList<>();
        mapper.mapEntry(entry, entries);
        out.addAll(entries);
      }
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"/__replication", "/__replication/x", "/__replication/x/y"})
  void ownKeysOfSourceAreNotMapped(String key) {
    for (KeyModel model : KeyModel.values()) {
      assertThat(mapped(everything(model), key)).as("%s", model).isEmpty();
      KeyMapper away = mapper(rename("/", "/copy"), model, model);
      assertThat(mapped(away, key)).as("%s", model).isEmpty();
      assertThat(away.held(bytes(key))).as("%s", model).isEmpty();
    }
    assertThat(mapped(mapper(MirrorScope.of("/"), BYTES, PATHS), key)).isEmpty();
    assertThat(mapped(mapper(MirrorScope.of("/"), PATHS, BYTES), key)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/__replication-", "/__replicatio", "/a/__replication/x", "/my/index2"})
  void keysWithSimilarNamesAreData(String key) {
    for (KeyModel model : KeyModel.values()) {
      assertThat(mapped(everything(model), key)).as("%s", model).isNotEmpty();
      assertThat(everything(model).owns(bytes(key))).as("%s", model).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void ownKeysOfSinkAreNotChanged(KeyModel model) {
    KeyMapper mapper = everything(model);
    for (String own : List.of("/__replication", "/__replication/x", ELSEWHERE)) {
      assertThat(mapper.owns(bytes(own))).as(own).isFalse();
    }
    KeyMapper here = mapper(rename(model == PATHS ? "/conf" : "/conf/", "/"), model, model);
    for (String key : List.of("/conf/__replication/x", "/conf/my/index", "/conf/__replication")) {
      assertThat(mapped(here, key)).as(key).allMatch(Entry.class::isInstance);
    }
  }

  @Test
  void treeDeleteOfRootIsPassedToSink() {
    List<MirrorEvent> out = new ArrayList<>();
    everything(PATHS).map(new DeleteTree(bytes("/"), 7), out);
    assertThat(out).containsExactly(new DeleteTree(bytes("/"), 7));
  }

  @ParameterizedTest
  @EnumSource
  void sourceKeyNamedByCheckpointIsHidden(KeyModel model) {
    KeyMapper mapper = mapper(rename("/", "/copy"), model, model);
    assertThat(mapped(mapper, "/back/index")).isNotEmpty();
    mapper.hideInSource(List.of(bytes("/back/index")));
    assertThat(mapped(mapper, "/back/index")).isEmpty();
    assertThat(mapped(mapper, "/back/other")).isNotEmpty();
  }

  private static EntryRules rules(KeyMapper mapper) {
    return new EntryRules(mapper, new FakeSink(mapper.sinkModel()));
  }

  @Test
  void entryMappedToOwnKeyIsRefused() {
    KeyMapper mapper = mapper(rename("/conf", "/"), PATHS, PATHS);
    for (String key : List.of("/__replication", "/__replication/x", ELSEWHERE)) {
      for (Entry entry :
          List.of(
              new Put(bytes(key), bytes("v"), 7, null), new MakeDirectory(bytes(key), 7, null))) {
        assertThat(rules(mapper).refusal(entry))
            .isEqualTo(new Refusal(bytes(key), "this name is reserved for the indexes of mirrors"));
      }
    }
    assertThat(rules(mapper).refusal(new Put(bytes("/my/index/x"), bytes("v"), 7, null))).isNull();
  }

  @Test
  void entryTransformedToOwnKeyIsRefusedNotIgnored() {
    MirrorScope scope =
        MirrorScope.builder()
            .prefix("/")
            .transform(renaming(key -> bytes("/__replication").plus(key)))
            .build();
    KeyMapper mapper = new KeyMapper(scope, BYTES, BYTES, ExpiryPolicy.FOLLOW_SOURCE, List.of());
    List<MirrorEvent> out = new ArrayList<>();
    mapper.map(new Put(bytes("/a"), bytes("v"), 7, null), out);
    Put made = new Put(bytes("/__replication/a"), bytes("v"), 7, null);
    assertThat(out).containsExactly(made);
    assertThat(rules(mapper).refusal(made)).isNotNull();
    out.clear();
    mapper.map(new Delete(bytes("/a"), 8), out);
    assertThat(out).as("nothing was written there").isEmpty();
  }

  private static Transform renaming(Function<Bytes, Bytes> name) {
    return new Transform() {
      @Override
      public String identity() {
        return "renaming";
      }

      @Override
      public List<Put> apply(Put put) {
        return List.of(
            new Put(name.apply(put.key()), put.value(), put.index(), put.expiresAt(), put.lease()));
      }

      @Override
      public List<Bytes> keys(Bytes key) {
        return List.of(name.apply(key));
      }

      @Override
      public boolean renames() {
        return true;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "/conf, /conf, false",
    "/, /, true",
    "/conf, /other, false",
    "/conf, /, true",
    "/conf, /my, true",
    "/my, /my, true",
    "/conf, /my/index/below, false"
  })
  void entryRulesAreNeededOnlyIfTargetMayHoldOwnKeys(String from, String to, boolean needed) {
    assertThat(rules(mapper(rename(from, to), PATHS, PATHS)).areNeeded()).isEqualTo(needed);
  }

  @Test
  void wholeKeyspaceWithoutRenameNeedsNoEntryRules() {
    for (KeyModel model : KeyModel.values()) {
      MirrorScope all = MirrorScope.of(model == PATHS ? "/" : "");
      KeyMapper mapper = new KeyMapper(all, model, model, ExpiryPolicy.COPY, List.of());
      assertThat(rules(mapper).areNeeded()).isFalse();
    }
    KeyMapper bytes = mapper(rename("/sr", "/__r"), BYTES, BYTES);
    assertThat(rules(bytes).areNeeded()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/__replication", "/__replication/", "/__replication/x", "/__replication/x/"})
  void prefixInsideOwnKeysIsRefusedOnEitherSide(String prefix) {
    for (KeyModel source : KeyModel.values()) {
      for (KeyModel sink : KeyModel.values()) {
        for (MirrorScope scope :
            List.of(
                MirrorScope.of(prefix),
                rename(prefix, "/conf"),
                rename("/conf", prefix),
                MirrorScope.of("/conf", prefix))) {
          assertThatThrownBy(() -> mapper(scope, source, sink))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageMatching(
                  "prefix '/__replication.*' cannot be mirrored: mirrors keep their indexes there");
        }
      }
    }
  }

  @Test
  void targetAtCheckpointKeyIsRefusedButAboveItIsAllowed() {
    assertThatThrownBy(() -> mapper(rename("/conf", ELSEWHERE), BYTES, BYTES))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'/my/index'");
    assertThat(mapper(rename("/conf", "/my"), BYTES, BYTES).targetPrefixes()).hasSize(1);
    assertThat(mapper(rename(ELSEWHERE, "/conf"), BYTES, BYTES).sourcePrefixes()).hasSize(1);
  }

  @Test
  void builderRefusesScopeInsideOwnKeys() {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(new FakeSource(BYTES))
            .sink(new FakeSink(BYTES))
            .indexStore(new FakeStore())
            .scope(MirrorScope.of("/__replication/"));
    assertThatThrownBy(builder::build).isInstanceOf(IllegalArgumentException.class);
  }
}
