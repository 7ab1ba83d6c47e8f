package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.DeleteTree;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.core.internal.keys.CoalescerTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ResyncTest extends MirrorFixture {

  private ResyncReport sync(Consumer<EtcdMirrorBuilder> settings) throws InterruptedException {
    Consumer<EtcdMirrorBuilder> allowed = b -> b.deleteLimit(DeleteLimit.DEFAULT);
    return mirror(allowed.andThen(settings)).syncOnce();
  }

  private void syncDeletingAny() throws InterruptedException {
    sync(b -> b.deleteLimit(DeleteLimit.percent(100)));
  }

  private List<String> touched() {
    return sink.events().stream().map(event -> event.key().toString()).toList();
  }

  private void presetDirectory(String key) {
    sink.held.apply(EventBatch.of(List.of(new MakeDirectory(Bytes.utf8(key), 0, null)), 0, 0));
  }

  private List<String> sinkState() {
    return CoalescerTest.state(sink.held);
  }

  private List<String> sourceState() {
    return CoalescerTest.state(source.state());
  }

  @Test
  void equalKeysAreNotWritten() throws Exception {
    for (int i = 0; i < 100; i++) {
      source.put("/conf/d/" + i, "v" + i);
      sink.preset("/conf/d/" + i, "v" + i);
    }
    ResyncReport report = sync(b -> {});
    assertThat(sink.batches()).isEmpty();
    assertThat(report.written()).isZero();
    assertThat(report.sourceEntries()).isEqualTo(102);
  }

  @Test
  void onlyDifferencesAreWrittenAndDeleted() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "2");
    source.put("/conf/c", "3");
    sink.preset("/conf/a", "1");
    sink.preset("/conf/b", "old");
    sink.preset("/conf/gone", "x");
    sink.preset("/other/x", "x");
    ResyncReport report = sync(b -> {});
    assertThat(touched()).containsExactlyInAnyOrder("/conf/b", "/conf/c", "/conf/gone");
    assertThat(report.written()).isEqualTo(2);
    assertThat(report.deleted()).isEqualTo(1);
    assertThat(sink.values())
        .isEqualTo(Map.of("/conf/a", "1", "/conf/b", "2", "/conf/c", "3", "/other/x", "x"));
  }

  @Test
  void missingDirectoriesAreMadeAndSurplusOnesRemoved() throws Exception {
    source.directory("/conf/empty");
    source.put("/conf/x", "1");
    presetDirectory("/conf/old/deep/deeper");
    presetDirectory("/conf/old-er");
    sync(b -> {});
    assertThat(sinkState()).isEqualTo(sourceState());
  }

  @Test
  void valueAndDirectoryReplaceEachOther() throws Exception {
    source.put("/conf/a", "value");
    source.put("/conf/b/c/d", "value");
    sink.preset("/conf/a/x/y", "1");
    sink.preset("/conf/a/z", "1");
    sink.preset("/conf/b", "was a value");
    ResyncReport report = sync(b -> {});
    assertThat(sinkState()).isEqualTo(sourceState());
    assertThat(report.deleted()).isEqualTo(3);
  }

  @Test
  void excludedKeysOfTheSinkAreNeverTouched() throws Exception {
    scope =
        MirrorScope.builder()
            .rename("/conf", "/copy")
            .exclude(Pattern.compile("/conf/own(/.*)?"))
            .build();
    source.put("/conf/own/a", "source's");
    source.put("/conf/a", "1");
    sink.preset("/copy/own/b", "sink's");
    sync(b -> {});
    assertThat(sink.values()).isEqualTo(Map.of("/copy/a", "1", "/copy/own/b", "sink's"));
  }

  @Test
  void resyncFollowsSeveralRenameRules() throws Exception {
    scope = MirrorScope.builder().rename("/z", "/a").rename("/b", "/y/y").prefix("/m").build();
    for (String key : List.of("/z/1", "/z/2", "/b/1", "/b-not/1", "/m/1", "/zz/1")) {
      source.put(key, key);
    }
    sink.preset("/a/1", "/z/1");
    sink.preset("/a/old", "x");
    sink.preset("/y/y/old", "x");
    sink.preset("/y/kept", "x");
    sync(b -> {});
    assertThat(sink.values())
        .isEqualTo(
            Map.of(
                "/a/1", "/z/1", "/a/2", "/z/2", "/y/y/1", "/b/1", "/y/kept", "x", "/m/1", "/m/1"));
    assertThat(touched()).doesNotContain("/a/1");
  }

  private void presetSurplusKeys(int count) {
    for (int i = 0; i < count; i++) {
      sink.preset("/conf/" + i, "v");
    }
  }

  private static void assertRefused(EtcdMirror mirror) {
    assertThatThrownBy(mirror::syncOnce)
        .isInstanceOf(MirrorFailedException.class)
        .hasCauseInstanceOf(DeleteLimitException.class);
  }

  @Test
  void tooManyDeletesAreRefusedAfterSecondSnapshot() throws Exception {
    source.put("/conf/new", "1");
    presetSurplusKeys(200);
    EtcdMirror mirror = mirror();
    assertRefused(mirror);
    assertThat(source.faults.calls("snapshot")).isEqualTo(2);
    assertThat(sink.events()).noneMatch(event -> event instanceof Delete);
    assertThat(sink.values()).as("nothing is written either").hasSize(200);
    assertThat(store.index()).as("the first copy is not finished").isZero();
    assertThat(mirror.status().lastError()).contains("would delete 200 of");
    assertThat(sync(b -> b.deleteLimit(DeleteLimit.keys(200))).deleted()).isEqualTo(200);
  }

  @Test
  void emptySourceDoesNotEmptySinkByDefault() throws Exception {
    presetSurplusKeys(1);
    assertRefused(mirror());
    assertThat(sink.values()).hasSize(1);
    syncDeletingAny();
    assertThat(sink.values()).isEmpty();
  }

  @Test
  void emptySourceRemovesEmptyDirectories() throws Exception {
    presetDirectory("/conf/d");
    sync(b -> {});
    assertThat(sinkState()).isEmpty();
  }

  @Test
  void resyncContinuesIfSecondSnapshotNeedsNoDeletes() throws Exception {
    presetSurplusKeys(200);
    Faults.Gate gate = source.faults.block("second snapshot");
    EtcdMirror mirror = started();
    gate.awaitReached();
    for (int i = 0; i < 200; i++) {
      source.put("/conf/" + i, "v");
    }
    gate.release();
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(sink.events()).noneMatch(event -> event instanceof Delete);
  }

  @Test
  void deletesBeyondMemoryBoundTakeSeveralPasses() throws Exception {
    source.put("/conf/kept", "1");
    for (int i = 0; i < 100; i++) {
      sink.preset("/conf/d" + i % 7 + "/e" + i % 3 + "/" + i, "v");
    }
    ResyncReport report = sync(b -> b.deleteLimit(DeleteLimit.percent(100)).maxDeletesHeld(10));
    assertThat(sinkState()).isEqualTo(sourceState());
    assertThat(report.deleted()).isEqualTo(100 + 7 + 21);
    assertThat(source.faults.calls("snapshot")).isGreaterThan(10);
  }

  @Test
  void resyncFromPathsToBytesRemovesClashingKey() throws Exception {
    source.put("/conf/a/b", "1");
    source.directory("/conf/empty");
    sink = new FakeSink(KeyModel.BYTES);
    sink.preset("/conf/a", "clash");
    sink.preset("/conftool", "not ours");
    syncDeletingAny();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a/b", "1", "/conftool", "not ours"));
  }

  @Test
  void resyncFromBytesToPathsIgnoresDirectories() throws Exception {
    source = new FakeSource(KeyModel.BYTES);
    source.put("/conf/a/b", "1");
    source.put("/conf/c", "1");
    source.put("/conftool/x", "not ours");
    sink.preset("/conf/a/b", "1");
    sink.preset("/conf/c/was/a/directory", "1");
    presetDirectory("/conf/empty");
    ResyncReport report = sync(b -> b.deleteLimit(DeleteLimit.keys(1)));
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a/b", "1", "/conf/c", "1"));
    assertThat(report.deleted()).isEqualTo(1);
    sink.forgetBatches();
    store = new FakeStore();
    assertThat(sync(b -> b.deleteLimit(DeleteLimit.keys(0))).written()).isZero();
  }

  @Test
  void valuesWaitingForDirectoryRemovalAreBoundedInMemory() throws Exception {
    String large = "x".repeat(1 << 20);
    for (int i = 0; i < 10; i++) {
      source.put("/conf/" + i, large);
      sink.preset("/conf/" + i + "/below", "1");
    }
    int before = source.faults.calls("snapshot");
    syncDeletingAny();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(source.faults.calls("snapshot")).isGreaterThan(before + 3);
  }

  @RepeatedTest(20)
  void sinkEqualsSourceAfterResync() throws Exception {
    long seed = new Random().nextLong();
    System.out.println("ResyncTest seed " + seed);
    Random random = new Random(seed);
    new PathEvents(random).some(random.nextInt(60)).forEach(source::happened);
    new PathEvents(random)
        .some(random.nextInt(60))
        .forEach(event -> sink.held.apply(EventBatch.of(List.of(event), 9_999, 9_999)));
    int held = 10 + random.nextInt(10);
    sync(b -> b.deleteLimit(DeleteLimit.percent(100)).maxDeletesHeld(held));
    assertThat(sinkState()).as("seed %d", seed).isEqualTo(sourceState());
    assertThat(sink.events()).noneMatch(DeleteTree.class::isInstance);
    sink.forgetBatches();
    syncDeletingAny();
    assertThat(sink.events())
        .as("nothing is left, seed %d", seed)
        .isEqualTo(List.<MirrorEvent>of());
  }
}
