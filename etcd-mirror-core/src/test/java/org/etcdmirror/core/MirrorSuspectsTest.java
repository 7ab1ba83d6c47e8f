package org.etcdmirror.core;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.Selection;
import org.etcdmirror.core.internal.checkpoint.Suspects;
import org.etcdmirror.core.internal.checkpoint.SuspectsNote;
import org.etcdmirror.core.store.InMemorySink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Writes whose answers are lost and which are carried out after newer ones. */
class MirrorSuspectsTest extends MirrorFixture {

  private final LateSink late = new LateSink(KeyModel.PATHS);

  @BeforeEach
  void useIt() {
    sink = late;
  }

  /** A level mirror whose next write will be lost, as its endpoint does not answer. */
  private EtcdMirror aboutToLose() throws InterruptedException {
    EtcdMirror mirror = following();
    late.isAway(true);
    late.loseNext(1);
    return mirror;
  }

  private void lost(EtcdMirror mirror) throws InterruptedException {
    level(mirror);
    eventually(() -> late.underWay() > 0);
  }

  private void assertRepairedAfterLanding(EtcdMirror mirror) {
    late.land();
    assertThat(entries()).isNotEqualTo(wanted());
    late.isAway(false);
    assertRepaired(mirror);
  }

  private void assertRepaired(EtcdMirror mirror) {
    eventually(() -> mirror.status().suspects() == null);
    assertThat(entries()).isEqualTo(wanted());
    eventually(() -> !store.notes().containsKey(SuspectsNote.NAME));
    assertThat(told.states).doesNotContain(MirrorState.FAILED);
  }

  private List<String> entries() {
    return keysOf(late.held);
  }

  private List<String> wanted() {
    return keysOf(source.state());
  }

  /** Values and directories. */
  private static List<String> keysOf(InMemorySink held) {
    List<String> found = new ArrayList<>();
    try (var snapshot = held.snapshot(Selection.of(Bytes.utf8("/conf")))) {
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        found.add(entry instanceof Put put ? put.key() + "=" + put.value() : entry.key() + "/");
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
    return found;
  }

  @Test
  void lateValueOverNewerValueIsRepaired() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.put("/conf/a", "2");
    lost(mirror);
    source.put("/conf/a", "3");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void lateDeleteOfNewerValueIsRepaired() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.delete("/conf/a");
    lost(mirror);
    source.put("/conf/a", "2");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void treeDeletedByLateWriteIsWrittenAgain() throws Exception {
    source.put("/conf/d/kept", "0");
    EtcdMirror mirror = aboutToLose();
    source.deleteTree("/conf/d");
    lost(mirror);
    for (int i = 0; i < 50; i++) {
      source.put("/conf/d/k" + i, "2");
    }
    source.put("/conf/d/sub/deep", "3");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void lateValueInDeletedTreeLeavesNoDirectory() throws Exception {
    source.put("/conf/kept", "1");
    EtcdMirror mirror = aboutToLose();
    source.put("/conf/x/y/z", "1");
    lost(mirror);
    source.deleteTree("/conf/x");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void suspectsAreStoredBeforeTheNextWriteAndChangeNoState() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    List<Map<String, String>> notes = new CopyOnWriteArrayList<>();
    late.beforeApply(() -> notes.add(store.notes()));
    source.put("/conf/a", "2");
    lost(mirror);
    eventually(() -> notes.size() >= 2);
    assertThat(notes.get(1))
        .hasEntrySatisfying(
            SuspectsNote.NAME, note -> assertThat(note).contains("key /conf/a", LateSink.SLOW));
    awaitState(mirror, MirrorState.FOLLOWING);
    MirrorStatus.Suspects suspects = requireNonNull(mirror.status().suspects());
    assertThat(suspects.count()).isEqualTo(1);
    assertThat(suspects.endpoints()).containsExactly(LateSink.SLOW);
    source.put("/conf/b", "1");
    level(mirror);
    assertThat(mirror.status().caughtUp()).isTrue();
    assertThat(told.reasons()).isEmpty();
  }

  @Test
  void writeThatLandsAfterEndpointAnswersIsFoundByLastComparison() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.put("/conf/a", "2");
    lost(mirror);
    source.put("/conf/a", "3");
    level(mirror);
    Faults.Gate first = late.faults.block("answers");
    first.awaitReached();
    late.isAway(false);
    Faults.Gate second = late.faults.block("answers");
    first.release();
    second.awaitReached();
    late.land();
    assertThat(entries()).isNotEqualTo(wanted());
    second.release();
    assertRepaired(mirror);
  }

  @Test
  void aRestartKeepsTheSuspects() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.deleteTree("/conf");
    lost(mirror);
    mirror.close();
    source.put("/conf/a", "2");
    source.put("/conf/b", "2");
    EtcdMirror next = following();
    assertThat(next.status().suspects()).isNotNull();
    assertRepairedAfterLanding(next);
  }

  @Test
  void suspectsOfAbsentEndpointAreComparedPeriodicallyAndKept() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following(b -> b.awayInterval(Duration.ofMillis(20)));
    late.isAway(true);
    late.loseNext(1);
    source.put("/conf/a", "2");
    lost(mirror);
    source.put("/conf/a", "3");
    level(mirror);
    late.land();
    eventually(() -> entries().equals(wanted()));
    assertThat(mirror.status().suspects()).isNotNull();
    assertThat(store.notes()).containsKey(SuspectsNote.NAME);
  }

  @Test
  void tooManySuspectsCauseResync() throws Exception {
    for (int i = 0; i < 1_500; i++) {
      source.put("/conf/many/" + i, "1");
    }
    EtcdMirror mirror = following();
    late.isAway(true);
    late.loseKeys(Suspects.MOST + 1);
    for (int i = 0; i < 1_500; i++) {
      source.put("/conf/many/" + i, "2");
    }
    lost(mirror);
    assertThat(late.underWay()).isGreaterThan(Suspects.MOST);
    eventually(() -> told.reasons().contains(Gap.Reason.FORCED));
    awaitState(mirror, MirrorState.FOLLOWING);
    level(mirror);
    assertThat(requireNonNull(mirror.status().suspects()).count()).isEqualTo(1);
    assertThat(store.notes().get(SuspectsNote.NAME)).endsWith("everything");
    for (int i = 0; i < 10; i++) {
      source.put("/conf/many/" + i, "3");
    }
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void lateWriteOfResyncIsRepaired() throws Exception {
    source.put("/conf/a", "1");
    late.isAway(true);
    late.loseNext(1);
    EtcdMirror mirror = following();
    assertThat(late.underWay()).isPositive();
    source.put("/conf/a", "2");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void nextRunComparesEverythingAfterCrashDuringWrite() throws Exception {
    source.put("/conf/a", "1");
    following().close();
    assertThat(store.notes()).doesNotContainKey("writing");
    store.presetNotes(Map.of("writing", "since then"));
    late.isAway(true);
    source.put("/conf/b", "1");
    Faults.Gate first = late.faults.block("answers");
    EtcdMirror mirror = started();
    level(mirror);
    first.awaitReached();
    Faults.Gate last = late.faults.block("answers");
    first.release();
    last.awaitReached();
    late.lose("/conf/a");
    last.release();
    assertRepaired(mirror);
  }

  @Test
  void writingNoteExistsOnlyWhileRunWrites() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.put("/conf/a", "2");
    level(mirror);
    eventually(() -> store.notes().containsKey("writing"));
    mirror.close();
    assertThat(store.notes()).doesNotContainKey("writing");
  }

  @Test
  void sinkWithoutLateEffectsNeedsNoWritingNote() throws Exception {
    late.lateEffects(Duration.ZERO);
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.put("/conf/a", "2");
    lost(mirror);
    assertThat(store.notes()).doesNotContainKey("writing").containsKey(SuspectsNote.NAME);
    source.put("/conf/a", "3");
    level(mirror);
    assertRepairedAfterLanding(mirror);
  }

  @Test
  void failedComparisonOfSuspectsIsRetried() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = aboutToLose();
    source.put("/conf/a", "2");
    lost(mirror);
    source.put("/conf/a", "3");
    level(mirror);
    late.faults.failNext("snapshot", new IOException("not now"), new IOException("not now"));
    assertRepairedAfterLanding(mirror);
    awaitState(mirror, MirrorState.FOLLOWING);
  }

  @Test
  void suspectsInWriteOnlySinkAreWrittenAgain() throws Exception {
    sink = late;
    Blind blind = new Blind(late);
    source.put("/conf/a", "1");
    source.put("/conf/gone", "1");
    EtcdMirror mirror = following(b -> b.sink(blind));
    late.isAway(true);
    late.loseNext(1);
    source.deleteTree("/conf/d");
    lost(mirror);
    late.loseNext(1);
    source.put("/conf/gone", "2");
    level(mirror);
    eventually(() -> late.underWay() > 1);
    source.delete("/conf/gone");
    source.put("/conf/d/x", "1");
    level(mirror);
    late.land();
    late.isAway(false);
    eventually(() -> mirror.status().suspects() == null);
    assertThat(late.values()).isEqualTo(source.values());
  }

  @Test
  void aFencedSinkHasNoSuspects() throws Exception {
    Fenced fenced = new Fenced();
    sink = fenced;
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    fenced.loseNext(1);
    source.put("/conf/a", "2");
    level(mirror);
    assertThat(mirror.status().suspects()).isNull();
    await().during(Duration.ofMillis(50)).until(() -> mirror.status().suspects() == null);
  }

  /** A sink that cannot be read. */
  private record Blind(LateSink behind) implements EventSink {

    @Override
    public KeyModel keyModel() {
      return behind.keyModel();
    }

    @Override
    public void apply(EventBatch batch) throws IOException, InterruptedException {
      behind.apply(batch);
    }

    @Override
    public Duration lateEffects() {
      return behind.lateEffects();
    }

    @Override
    public boolean answers(String endpoint) throws InterruptedException {
      return behind.answers(endpoint);
    }

    @Override
    public void close() {}
  }

  /** A sink that stores data and checkpoint together. */
  private static final class Fenced extends LateSink implements AtomicSink {

    private @Nullable Checkpoint stored;

    Fenced() {
      super(KeyModel.PATHS);
    }

    @Override
    public long maxAtomicBytes() {
      return 1 << 20;
    }

    @Override
    public void apply(EventBatch batch, Checkpoint checkpoint)
        throws IOException, InterruptedException {
      apply(batch);
      stored = checkpoint;
    }

    @Override
    public Optional<Checkpoint> load() {
      return Optional.ofNullable(stored);
    }

    @Override
    public void save(Checkpoint checkpoint) {
      stored = checkpoint;
    }
  }
}
