package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.UnsupportedEntryException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Byte keys into a path sink that cannot hold all of them, nor the value {@code bad}. */
class MirrorUnsupportedTest extends MirrorFixture {

  @BeforeEach
  void bytesToPaths() {
    source = new FakeSource(KeyModel.BYTES);
    sink = new FakeSink(KeyModel.PATHS);
    sink.refuseValue("bad");
  }

  private EtcdMirror skipping() throws InterruptedException {
    return following(b -> b.unsupportedEntries(UnsupportedEntries.SKIP));
  }

  /** The source entries that a path sink can hold: the shallower key wins. */
  private Map<String, String> holdable() {
    Map<String, String> holdable = new TreeMap<>(source.values());
    holdable.values().removeIf("bad"::equals);
    holdable.keySet().removeIf(key -> key.endsWith("/") || key.contains("//"));
    Map<String, String> all = Map.copyOf(holdable);
    holdable
        .keySet()
        .removeIf(key -> all.keySet().stream().anyMatch(above -> key.startsWith(above + "/")));
    return holdable;
  }

  private void assertLevel(EtcdMirror mirror) throws InterruptedException {
    level(mirror);
    assertThat(sink.values()).isEqualTo(holdable());
  }

  @Test
  void firstCopyWithUnsupportedEntriesNamesAllAndWritesNothing() {
    for (String key : List.of("/conf/a", "/conf/a-b", "/conf/a/b", "/conf/a/b/c", "/conf/b//c")) {
      source.put(key, "1");
    }
    source.put("/conf/c", "bad");
    source.put("/conf/d", "1");
    source.put("/conftool//x", "not ours");
    sink.preset("/conf/old", "1");
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::syncOnce)
        .cause()
        .asInstanceOf(type(UnsupportedEntryException.class))
        .extracting(e -> e.refusals().stream().map(one -> one.key().toString()).toList())
        .isEqualTo(List.of("/conf/a/b", "/conf/a/b/c", "/conf/b//c", "/conf/c"));
    assertThat(sink.events()).isEmpty();
    assertThat(sink.values()).isEqualTo(Map.of("/conf/old", "1"));
    assertThat(store.index()).as("the first copy is not finished").isZero();
    assertThat(told.unsupported)
        .containsExactly("/conf/a/b", "/conf/a/b/c", "/conf/b//c", "/conf/c");
    assertThat(mirror.status().counters().unsupportedEntries()).isZero();
  }

  @Test
  void firstCopySkipsAndCountsUnsupportedEntries() throws Exception {
    for (String key : List.of("/conf/a", "/conf/a-b", "/conf/a/b", "/conf/b//c", "/conf/d/e")) {
      source.put(key, "1");
    }
    source.put("/conf/c", "bad");
    sink.preset("/conf/c", "stale");
    EtcdMirror mirror =
        following(b ->
            b.unsupportedEntries(UnsupportedEntries.SKIP).deleteLimit(DeleteLimit.percent(100)));
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/a-b", "/conf/d/e");
    assertThat(mirror.status().counters().unsupportedEntries()).isEqualTo(3);
    assertThat(told.unsupported).containsExactly("/conf/a/b", "/conf/b//c", "/conf/c");
  }

  @Test
  void unsupportedEventFailsMirrorAndItsBatchIsNotWritten() throws Exception {
    EtcdMirror mirror = following();
    long before = source.put("/conf/first", "1");
    level(mirror);
    source.atRest(() -> {
      source.put("/conf/good", "1");
      source.put("/conf/x", "bad");
    });
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("/conf/x");
    assertThat(store.index()).isEqualTo(before);
    assertThat(sink.values()).containsOnlyKeys("/conf/first");
  }

  @Test
  void nextRunContinuesAfterUnsupportedValueIsCorrected() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror failing = following();
    source.put("/conf/x", "bad");
    awaitState(failing, MirrorState.FAILED);
    failing.close();
    source.deliverAtMost(1);
    source.put("/conf/x", "good");
    EtcdMirror mirror = following();
    level(mirror);
    assertThat(sink.values()).isEqualTo(Map.of("/conf/a", "1", "/conf/x", "good"));
    assertThat(told.reasons()).endsWith(Gap.Reason.FORCED);
  }

  @Test
  void unsupportedNewValueRemovesOldValue() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = skipping();
    source.put("/conf/a", "bad");
    level(mirror);
    assertThat(sink.values()).isEmpty();
    source.put("/conf/a", "2");
    assertLevel(mirror);
    source.put("/conf//never", "1");
    source.delete("/conf//never");
    assertLevel(mirror);
    assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
  }

  @Test
  void shadowedKeyIsWrittenWhenShadowingValueIsDeleted() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = skipping();
    source.put("/conf/a/b", "2");
    source.put("/conf/other", "3");
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a", "/conf/other");
    assertThat(mirror.status().counters().unsupportedEntries()).isPositive();
    source.delete("/conf/a");
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a/b", "/conf/other");
  }

  @Test
  void valueReplacesKeysBelowIt() throws Exception {
    source.put("/conf/a/b", "1");
    source.put("/conf/a/c/d", "1");
    EtcdMirror mirror =
        following(b ->
            b.unsupportedEntries(UnsupportedEntries.SKIP).recoveryPolicy(RecoveryPolicy.fail()));
    source.put("/conf/a", "2");
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a");
    source.put("/conf/a", "bad");
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a/b", "/conf/a/c/d");
  }

  @Test
  void keyClashFailsMirror() throws Exception {
    source.put("/conf/a/b", "1");
    EtcdMirror mirror = following();
    long before = source.index();
    source.put("/conf/a", "2");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError())
        .contains("'/conf/a' ('/conf/a/b' below it holds a value)");
    assertThat(store.index()).isEqualTo(before);
    assertThat(told.unsupported).containsExactly("/conf/a");
  }

  @Test
  void aMoveWithinOneBatchIsNoClash() throws Exception {
    source.put("/conf/a/b", "1");
    EtcdMirror mirror = following();
    source.atRest(() -> {
      source.put("/conf/a", "2");
      source.delete("/conf/a/b");
    });
    assertLevel(mirror);
  }

  @Test
  void clashesAreRememberedAcrossARestart() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/a/b", "2");
    skipping().close();
    source.delete("/conf/a");
    EtcdMirror mirror = skipping();
    assertLevel(mirror);
    assertThat(sink.values()).containsOnlyKeys("/conf/a/b");
    mirror.close();
    // Without key clashes there is nothing to compare.
    int gaps = told.gaps.size();
    EtcdMirror again = skipping();
    assertLevel(again);
    assertThat(told.gaps).hasSize(gaps);
  }

  @Test
  void runWithoutSkipComparesSkippedEntriesFirst() throws Exception {
    source.put("/conf/x", "bad");
    skipping().close();
    skipping().close();
    assertThat(told.reasons()).isEmpty();
    EtcdMirror mirror = started();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(mirror.status().lastError()).contains("'/conf/x' (a bad value)");
  }

  @Test
  void byteSinkIsAskedAboutPathEntries() throws Exception {
    source = new FakeSource(KeyModel.PATHS);
    sink = new FakeSink(KeyModel.BYTES);
    sink.refuseValue("bad");
    source.put("/conf/a/b", "1");
    source.put("/conf/c", "bad");
    EtcdMirror mirror = skipping();
    assertLevel(mirror);
    source.put("/conf/a/b", "bad");
    source.put("/conf/c", "2");
    assertLevel(mirror);
    assertThat(mirror.status().counters().unsupportedEntries()).isEqualTo(2);
  }

  @Test
  void sinkWithSameKeyModelIsNotAsked() throws Exception {
    sink = new FakeSink(KeyModel.BYTES);
    sink.refuseValue("bad");
    source.put("/conf//a", "bad");
    source.put("/conf", "1");
    EtcdMirror mirror = following();
    source.put("/conf/b/", "bad");
    level(mirror);
    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void clashingSinkEntriesAreDeletedFirst() throws Exception {
    sink.open(new SinkContext("before", KeyModel.BYTES, List.of(Bytes.utf8("/"))));
    sink.preset("/conf/a", "stale");
    sink.preset("/conf/b/c", "stale");
    sink.preset("/conf/kept", "1");
    source.put("/conf/a/b", "1");
    source.put("/conf/b", "1");
    source.put("/conf/kept", "1");
    EtcdMirror mirror = following(b -> b.deleteLimit(DeleteLimit.percent(100)));
    assertLevel(mirror);
  }

  @Test
  void sinkHoldsAllSupportedEntriesAfterRandomClashes() throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> keys =
        List.of(
            "/conf", "/conf/a", "/conf/a-b", "/conf/a/b", "/conf/a/b/c", "/conf/d/e", "/conf/d//e");
    EtcdMirror mirror =
        following(b ->
            b.unsupportedEntries(UnsupportedEntries.SKIP).deleteLimit(DeleteLimit.percent(100)));
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 1 + random.nextInt(6); i++) {
        String key = keys.get(random.nextInt(keys.size()));
        int what = random.nextInt(5);
        if (what < 2) {
          source.delete(key);
        } else {
          source.put(key, what == 2 ? "bad" : "v" + random.nextInt(100));
        }
      }
      assertLevel(mirror);
    }
  }
}
