package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Custom sources and sinks that show the keys in which mirrors keep state: these stay hidden. */
class MirrorOwnKeysTest extends MirrorFixture {

  private static final Duration TIME = Duration.ofMinutes(3);
  private static final String ELSEWHERE = "/my/index";

  private void everything(KeyModel model) {
    source = new FakeSource(model);
    sink = new FakeSink(model);
    scope = MirrorScope.of(model == KeyModel.PATHS ? "/" : "");
  }

  private static FakeSink keeping(String key) {
    return new FakeSink(KeyModel.BYTES) {
      @Override
      public List<Bytes> ownKeys() {
        return List.of(Bytes.utf8(key));
      }
    };
  }

  private static Map<String, String> data(Map<String, String> values) {
    Map<String, String> data = new TreeMap<>(values);
    data.keySet().removeIf(key -> key.startsWith("/__replication"));
    return data;
  }

  private static Map<String, String> own(Map<String, String> values) {
    Map<String, String> own = new TreeMap<>(values);
    own.keySet().removeIf(key -> !key.startsWith("/__replication"));
    return own;
  }

  @ParameterizedTest
  @EnumSource
  void ownKeysOfEitherSideAreNeverCopiedChangedOrCompared(KeyModel model) throws Exception {
    long seed = new Random().nextLong();
    System.out.println("MirrorOwnKeysTest " + model + ", seed " + seed);
    Random random = new Random(seed);
    everything(model);
    sink.preset("/__replication/here", "5");
    sink.preset("/a/stale", "gone soon");
    source.put("/__replication/there", "7");
    source.put("/a/x", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(DeleteLimit.percent(100)));
    for (int i = 0; i < 300; i++) {
      String key = List.of("/a/", "/__replication/", "/b/").get(random.nextInt(3));
      if (random.nextInt(4) == 0) {
        source.delete(key + random.nextInt(5));
      } else {
        source.put(key + random.nextInt(5), "v" + i);
      }
      if (random.nextInt(60) == 0) {
        level(mirror);
        VerifyReport report = mirror.verify();
        assertThat(report.isEqual()).as("seed %d: %s", seed, report.samples()).isTrue();
        assertThat(mirror.plan().writes() + mirror.plan().deletes()).isZero();
      }
    }
    level(mirror);
    assertThat(data(sink.values())).as("seed %d", seed).isEqualTo(data(source.values()));
    assertThat(own(sink.values())).isEqualTo(Map.of("/__replication/here", "5"));
    assertThat(sink.events()).noneMatch(event -> event.key().utf8().startsWith("/__"));
  }

  @Test
  void hiddenEventsMoveIndexButGiveNoAnchor() throws Exception {
    everything(KeyModel.BYTES);
    source.put("/a", "1");
    EtcdMirror mirror = following();
    long batches = mirror.status().counters().batches();
    for (int i = 0; i < 20; i++) {
      source.put("/__replication/busy", "" + i);
    }
    level(mirror);
    eventually(() -> store.index() == source.index());
    assertThat(mirror.status().counters().batches()).isEqualTo(batches);
    assertThat(store.notes().get("anchor")).endsWith(" /a");
  }

  @Test
  void checkpointAtCustomKeyIsHiddenInSink() throws Exception {
    everything(KeyModel.BYTES);
    sink = keeping(ELSEWHERE);
    sink.preset(ELSEWHERE, "index=5");
    source.put("/a", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(DeleteLimit.percent(100)));
    assertThat(mirror.verify().isEqual()).isTrue();
    assertThat(mirror.plan().deletes()).isZero();
    assertThat(sink.values()).isEqualTo(Map.of("/a", "1", ELSEWHERE, "index=5"));
  }

  @Test
  void formerScopeDoesNotDeleteCheckpoints() throws Exception {
    everything(KeyModel.BYTES);
    sink = keeping(ELSEWHERE);
    sink.preset("/__replication/here", "5");
    source.put("/a", "1");
    source.put("/b", "1");
    following().close();
    sink.preset(ELSEWHERE, "index=5");
    source = again(source);
    FakeSink before = sink;
    sink = keeping(ELSEWHERE);
    before.values().forEach(sink::preset);
    scope = MirrorScope.of("/a");
    EtcdMirror mirror = following(b -> b.deleteLimit(DeleteLimit.percent(100)).formerPrefix("/"));
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    assertThat(sink.values())
        .isEqualTo(Map.of("/a", "1", "/__replication/here", "5", ELSEWHERE, "index=5"));
  }

  /** A new source with the same entries. */
  private static FakeSource again(FakeSource former) {
    FakeSource next = new FakeSource(former.keyModel());
    former.values().forEach(next::put);
    return next;
  }

  @Test
  void hiddenKeysOfCheckpointAreHiddenInSourceFromStart() throws Exception {
    everything(KeyModel.BYTES);
    source.put(ELSEWHERE, "index=5");
    source.put("/a", "1");
    store.preset(
        new Checkpoint(
            source.index(),
            source.clusterId(),
            scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE),
            Instant.EPOCH,
            0,
            Map.of("hidden", ELSEWHERE)));
    sink.preset("/a", "1");
    EtcdMirror beside = mirror();
    assertThat(beside.plan().writes()).isZero();
    assertThat(beside.verify().isEqual()).isTrue();
    EtcdMirror mirror = following();
    source.put(ELSEWHERE, "index=6");
    source.put("/a", "2");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/a", "2"));
    assertThat(mirror.verify().isEqual()).isTrue();
    assertThat(store.notes()).containsEntry("hidden", ELSEWHERE);
  }

  @Test
  void unreadableHiddenNoteFailsMirror() {
    everything(KeyModel.BYTES);
    store.preset(
        new Checkpoint(0, source.clusterId(), null, Instant.EPOCH, 0, Map.of("hidden", "0xzz")));
    assertThatThrownBy(mirror()::run)
        .cause()
        .isInstanceOf(PermanentException.class)
        .hasMessageContainingAll("hidden", "0xzz");
  }

  @Test
  void cutoverPassesHiddenKeysToReverseLink() throws Exception {
    everything(KeyModel.BYTES);
    sink = keeping(ELSEWHERE);
    sink.in("cluster-2");
    source.put("/a", "1");
    FakeSource target = new FakeSource(KeyModel.BYTES);
    target.replaceCluster("cluster-2", 70);
    FakeStore reverse = new FakeStore();
    EtcdMirror mirror = following();
    Cutover.builder().mirror(mirror).newSource(target).reverseStore(reverse).build().run(TIME);
    assertThat(reverse.last().notes()).containsEntry("hidden", ELSEWHERE);
  }

  @Test
  void ownCheckpointInSameClusterIsHiddenInSource() throws Exception {
    everything(KeyModel.BYTES);
    sink = keeping("/app/index");
    sink.in(source.clusterId(), source::index);
    store.onSave(saved -> source.foreignWrites(1));
    scope = MirrorScope.builder().rename("/app/", "/copy/").build();
    source.put("/app/x", "1");
    EtcdMirror mirror = following();
    // As the sink's own write shows in the source.
    source.put("/app/index", "index=1");
    source.put("/app/y", "2");
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/copy/x", "1", "/copy/y", "2"));
    assertThat(mirror.verify().isEqual()).isTrue();
    eventually(() -> "/app/index".equals(store.notes().get("hidden")));
    assertThat(sink.events())
        .extracting(MirrorEvent::key)
        .doesNotContain(Bytes.utf8("/copy/index"));
  }

  @Test
  void entryThatTransformMapsToOwnKeyIsUnsupported() throws Exception {
    everything(KeyModel.BYTES);
    Map<Bytes, Bytes> names = Map.of(Bytes.utf8("/bad"), Bytes.utf8("/__replication/here"));
    scope =
        MirrorScope.builder()
            .prefix("")
            .transform(
                new Transform() {
                  @Override
                  public String identity() {
                    return "one name";
                  }

                  @Override
                  public boolean renames() {
                    return true;
                  }

                  @Override
                  public List<Bytes> keys(Bytes key) {
                    return List.of(names.getOrDefault(key, key));
                  }

                  @Override
                  public List<MirrorEvent.Put> apply(MirrorEvent.Put put) {
                    return List.of(
                        new MirrorEvent.Put(
                            keys(put.key()).get(0), put.value(), put.index(), null));
                  }
                })
            .build();
    sink.preset("/__replication/here", "5");
    source.put("/bad", "1");
    source.put("/a", "1");
    assertThatThrownBy(mirror()::syncOnce).cause().hasMessageContaining("'/__replication/here'");
    source = again(source);
    FakeSink before = sink;
    sink = new FakeSink(KeyModel.BYTES);
    before.values().forEach(sink::preset);
    store = new FakeStore();
    EtcdMirror mirror = following(b -> b.unsupportedEntries(UnsupportedEntries.SKIP));
    source.put("/bad", "2");
    source.put("/b", "1");
    source.delete("/bad");
    source.delete("/a");
    source.put("/bad", "3");
    level(mirror);
    VerifyReport report = mirror.verify();
    assertThat(report.isEqual()).as("%s", report.samples()).isTrue();
    assertThat(report.unsupported()).isEqualTo(1);
    assertThat(sink.values()).isEqualTo(Map.of("/b", "1", "/__replication/here", "5"));
  }
}
