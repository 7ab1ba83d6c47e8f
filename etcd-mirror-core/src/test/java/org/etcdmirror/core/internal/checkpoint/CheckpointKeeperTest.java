package org.etcdmirror.core.internal.checkpoint;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.core.ExpiryPolicy;
import org.etcdmirror.core.FakeSink;
import org.etcdmirror.core.FakeSource;
import org.etcdmirror.core.Standby;
import org.etcdmirror.core.internal.run.MirrorRuntime;
import org.etcdmirror.core.internal.run.UnstartedMirror;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is stored, and when: an index never before its data, and a doubt before anything acts on it.
 */
class CheckpointKeeperTest {

  private static final EventBatch BATCH =
      EventBatch.of(List.of(new Put(Bytes.utf8("/conf/a"), Bytes.utf8("1"), 6, null)), 6, 6);
  private static final EventBatch EMPTY = EventBatch.of(List.of(), 6, 6);

  /** What happened to sink and store, in order. */
  private final List<String> calls = new ArrayList<>();

  private final Store store = new Store();
  private final FakeSink beside = new Beside();
  private @Nullable IOException lost;

  private UnstartedMirror mirror = new UnstartedMirror(new FakeSource(KeyModel.PATHS), beside);
  private MirrorRuntime runtime = mirror.runtime();
  private CheckpointNotes notes = new CheckpointNotes(mirror.settings(), runtime);
  private CheckpointKeeper keeper =
      new CheckpointKeeper(beside, store, notes, runtime.progress(), runtime.lead());

  private final class Beside extends FakeSink {

    Beside() {
      super(KeyModel.PATHS);
    }

    @Override
    public void apply(EventBatch batch) throws IOException {
      calls.add("apply");
      IOException failure = lost;
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public Duration lateEffects() {
      return Duration.ofSeconds(9);
    }
  }

  private final class Store implements IndexStore {

    private @Nullable Checkpoint stored;
    private boolean rolledBack;
    private Duration pause = Duration.ZERO;

    @Override
    public Place place() {
      return Place.PROCESS;
    }

    @Override
    public Optional<Checkpoint> load() {
      calls.add("load");
      return Optional.ofNullable(stored);
    }

    @Override
    public void save(Checkpoint checkpoint) throws SinkRolledBackException {
      calls.add("save " + checkpoint.index());
      if (rolledBack) {
        rolledBack = false;
        throw new SinkRolledBackException("a test's fault");
      }
      stored = checkpoint;
    }

    @Override
    public Duration confirmPause() {
      return pause;
    }

    @Override
    public void confirm() throws SinkRolledBackException {
      calls.add("confirm");
      if (rolledBack) {
        rolledBack = false;
        throw new SinkRolledBackException("a test's fault");
      }
    }

    @Override
    public void close() {}
  }

  /** A sink that commits both at once. */
  private class Both extends FakeSink implements AtomicSink {

    private @Nullable Checkpoint stored;

    Both() {
      super(KeyModel.PATHS);
    }

    @Override
    public long maxAtomicBytes() {
      return 100;
    }

    @Override
    public Optional<Checkpoint> load() {
      return Optional.ofNullable(stored);
    }

    @Override
    public void save(Checkpoint checkpoint) {
      calls.add("save " + checkpoint.index());
      stored = checkpoint;
    }

    @Override
    public void apply(EventBatch batch) {
      calls.add("apply");
    }

    @Override
    public void apply(EventBatch batch, Checkpoint checkpoint) {
      calls.add("commit " + checkpoint.index());
      stored = checkpoint;
    }
  }

  private void mirrorInto(EventSink sink, IndexStore index) {
    mirror = new UnstartedMirror(new FakeSource(KeyModel.PATHS), sink);
    mirrorInto(sink, index, mirror);
  }

  private void mirrorInto(EventSink sink, IndexStore index, UnstartedMirror made) {
    mirror = made;
    runtime = mirror.runtime();
    // The store of the runtime's sides is another one, so that suspects are kept as beside a sink.
    notes = new CheckpointNotes(mirror.settings(), runtime);
    keeper = new CheckpointKeeper(sink, index, notes, runtime.progress(), runtime.lead());
  }

  private Checkpoint at(long index) {
    return new Checkpoint(
        index, "c", mirror.scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE), Instant.EPOCH);
  }

  private void preset(Checkpoint checkpoint) throws Exception {
    store.stored = checkpoint;
    keeper.load();
    calls.clear();
  }

  private Checkpoint stored() {
    return requireNonNull(store.stored, "nothing is stored");
  }

  /** What was written; on a machine that stood still, the store is looked at in between. */
  private List<String> writes() {
    return calls.stream().filter(call -> !call.equals("confirm")).toList();
  }

  private static Gap gap(Gap.Reason reason) {
    return new Gap(reason, 5, 0, 5);
  }

  private static Checkpoint noted(Checkpoint checkpoint, String name, String note) {
    Map<String, String> notes = new TreeMap<>(checkpoint.notes());
    notes.put(name, note);
    return checkpoint.withNotes(notes);
  }

  @Test
  void loadedCheckpointIsTheIndexOfTheMirror() throws Exception {
    assertThat(keeper.load()).isEmpty();
    assertThat(keeper.current()).isNull();
    store.stored = at(5);
    assertThat(keeper.load()).contains(at(5));
    assertThat(keeper.current()).isEqualTo(at(5));
    assertThat(runtime.progress().index()).isEqualTo(5);
  }

  @Test
  void indexOfAnotherOriginIsNoneThatTheSinkHolds() throws Exception {
    store.stored = new Checkpoint(5, "c", "another", Instant.EPOCH);
    keeper.load();
    assertThat(runtime.progress().index()).isZero();
    assertThat(runtime.doubts().isEmpty()).isFalse();
  }

  @Test
  void doubtThatDoesNotConcernTheOriginLeavesTheIndex() throws Exception {
    store.stored =
        noted(at(5), CompareNote.NOW, "SINK_DRIFTED at index 3 since 2026-01-02T03:04:05Z");
    keeper.load();
    assertThat(runtime.progress().index()).isEqualTo(5);
    assertThat(runtime.doubts().isEmpty()).isFalse();
  }

  @Test
  void dataIsWrittenBeforeItsIndexIsSaved() throws Exception {
    preset(at(5));
    keeper.write(BATCH, at(6));
    assertThat(writes()).as("the mark of writes first").containsExactly("save 5", "apply");
    keeper.save(at(6));
    assertThat(writes()).containsExactly("save 5", "apply", "save 6");
    assertThat(keeper.current()).isEqualTo(store.stored);
  }

  @Test
  void markOfWritesIsStoredOnce() throws Exception {
    preset(at(5));
    keeper.write(BATCH);
    keeper.write(BATCH);
    assertThat(writes()).containsExactly("save 5", "apply", "apply");
  }

  @Test
  void emptyBatchIsNotWritten() throws Exception {
    preset(at(5));
    keeper.write(EMPTY);
    assertThat(calls).isEmpty();
  }

  @Test
  void writeOfUnknownOutcomeIsASuspect() throws Exception {
    preset(at(5));
    lost =
        new OutcomeUnknownException(
            "a test's fault", List.of(Touched.key(Bytes.utf8("/conf/a"))), null);
    assertThatThrownBy(() -> keeper.write(BATCH)).isSameAs(lost);
    assertThat(notes.suspects().isEmpty()).isFalse();
    lost = null;
    calls.clear();
    keeper.write(BATCH);
    assertThat(writes()).as("the suspects are stored first").containsExactly("save 5", "apply");
  }

  @Test
  void sinkThatHoldsItsIndexCommitsBothAtOnce() throws Exception {
    Both both = new Both();
    mirrorInto(both, both);
    keeper.write(BATCH, at(6));
    assertThat(calls).containsExactly("commit 6");
    assertThat(keeper.current()).isEqualTo(both.stored);
    assertThat(runtime.progress().status("test", runtime.states().state()).applying()).isZero();
  }

  @Test
  void batchThatIsTooLargeForOneCommitIsShownAsUnderWay() throws Exception {
    List<Long> applying = new ArrayList<>();
    Both both =
        new Both() {
          @Override
          public void apply(EventBatch batch, Checkpoint checkpoint) {
            applying.add(runtime.progress().status("test", runtime.states().state()).applying());
            super.apply(batch, checkpoint);
          }
        };
    mirrorInto(both, both);
    keeper.write(BATCH, at(6));
    Put large = new Put(Bytes.utf8("/conf/a"), Bytes.of(new byte[100]), 7, null);
    keeper.write(EventBatch.of(List.of(large), 7, 7), at(7));
    assertThat(applying).containsExactly(0L, 7L);
  }

  @Test
  void claimSavesALoadedCheckpointAgainWhereThatFencesOldWrites() throws Exception {
    Both both = new Both();
    both.stored = at(5);
    mirrorInto(both, both);
    keeper.claim();
    assertThat(calls).as("nothing is loaded").isEmpty();
    keeper.load();
    keeper.claim();
    assertThat(calls).containsExactly("save 5");
    mirrorInto(beside, store);
    preset(at(5));
    keeper.claim();
    assertThat(calls).as("no fence").isEmpty();
  }

  @Test
  void unchangedCheckpointIsSavedOnce() throws Exception {
    keeper.save(at(6));
    keeper.save(at(6));
    assertThat(calls).containsExactly("save 6");
    keeper.rewrite(at(6));
    assertThat(calls).containsExactly("save 6", "save 6");
  }

  @Test
  void fencedSinkIsWrittenToBeforeItIsRead() throws Exception {
    Both both = new Both();
    mirrorInto(both, both);
    keeper.saveBeforeReading(at(6));
    keeper.saveBeforeReading(at(6));
    assertThat(calls).containsExactly("save 6", "save 6");
    calls.clear();
    mirrorInto(beside, store);
    keeper.saveBeforeReading(at(6));
    keeper.saveBeforeReading(at(6));
    assertThat(calls).containsExactly("save 6");
  }

  @Test
  void doubtIsStoredOnce() throws Exception {
    keeper.storeDoubt();
    assertThat(calls).as("there is no checkpoint").isEmpty();
    assertThat(keeper.isDoubtMissing()).isFalse();
    preset(at(5));
    runtime.doubts().add(gap(Gap.Reason.SINK_DRIFTED));
    assertThat(keeper.isDoubtMissing()).isTrue();
    keeper.storeDoubt();
    keeper.storeDoubt();
    assertThat(calls).containsExactly("save 5");
    assertThat(stored()).matches(CompareNote::isIn);
  }

  @Test
  void doubtsEndByTheSaveThatCallsTheSinkLevel() throws Exception {
    preset(at(5));
    runtime.doubts().add(gap(Gap.Reason.SINK_DRIFTED));
    long number = runtime.doubts().answer();
    runtime.doubts().add(gap(Gap.Reason.FORCED));
    keeper.saveLevel(at(6), number);
    assertThat(stored()).matches(CompareNote::isIn);
    assertThat(stored().notes().get(CompareNote.NOW))
        .startsWith("FORCED")
        .doesNotContain("SINK_DRIFTED");
    keeper.saveLevel(at(7), runtime.doubts().answer());
    assertThat(CompareNote.isIn(stored())).isFalse();
  }

  @Test
  void notedIndexIsStoredByTheNextFlush() throws Exception {
    keeper.flush(true);
    assertThat(calls).as("there is nothing to store").isEmpty();
    preset(at(5));
    keeper.note(at(6));
    assertThat(keeper.current()).extracting(Checkpoint::index).isEqualTo(6L);
    assertThat(calls).isEmpty();
    keeper.flush(true);
    assertThat(calls).containsExactly("save 6");
  }

  @Test
  void markThatEndsTheLinkIsStoredWithoutABatch() throws Exception {
    preset(at(5));
    keeper.saveLast(at(6));
    assertThat(calls).containsExactly("save 6");
    assertThat(keeper.current()).isEqualTo(at(6));
  }

  @Test
  void failedEndOfTheLinkIsTakenBackByTheNextFlush() throws Exception {
    preset(at(5));
    store.rolledBack = true;
    assertThatThrownBy(() -> keeper.saveLast(at(6))).isInstanceOf(SinkRolledBackException.class);
    keeper.flush(true);
    assertThat(calls).containsExactly("save 6", "load", "save 5");
  }

  @Test
  void sinkThatWasRolledBackIsADoubtUntilItIsStored() throws Exception {
    preset(at(5));
    store.rolledBack = true;
    assertThatThrownBy(() -> keeper.look()).isInstanceOf(SinkRolledBackException.class);
    assertThat(runtime.doubts().gravest()).contains(gap(Gap.Reason.SINK_ROLLED_BACK));
    assertThat(keeper.isDoubtMissing()).isTrue();
    keeper.storeDoubt();
    assertThat(keeper.isDoubtMissing()).isFalse();
    assertThat(calls).containsExactly("confirm", "load", "save 5");
    calls.clear();
    keeper.look();
    assertThat(calls).as("it was loaded once").containsExactly("confirm");
  }

  @Test
  void sinkThatWasRolledBackStoresTheSameCheckpointAgain() throws Exception {
    runtime.doubts().add(gap(Gap.Reason.SINK_ROLLED_BACK));
    keeper.save(at(5));
    calls.clear();
    store.rolledBack = true;
    assertThatThrownBy(() -> keeper.look()).isInstanceOf(SinkRolledBackException.class);
    keeper.save(at(5));
    assertThat(calls).containsExactly("confirm", "load", "save 5");
    keeper.save(at(5));
    assertThat(calls).as("it is stored by now").hasSize(3);
  }

  @Test
  void memberWritesNothingToARolledBackSinkUntilItIsKnownToLead() throws Exception {
    UnstartedMirror member = new UnstartedMirror(new FakeSource(KeyModel.PATHS), beside);
    member.standby = new Standby("me", Duration.ofSeconds(5));
    mirrorInto(beside, store, member);
    preset(at(5));
    store.rolledBack = true;
    assertThatThrownBy(() -> keeper.look()).isInstanceOf(SinkRolledBackException.class);
    runtime.lead().confirmed(System.nanoTime());
    assertThatThrownBy(() -> keeper.storeDoubt())
        .as("asked before the sink was loaded")
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is not known yet whether this member still leads");
    assertThat(calls).containsExactly("confirm", "load");
    runtime.lead().confirmed(System.nanoTime() + 1);
    keeper.storeDoubt();
    assertThat(calls).containsExactly("confirm", "load", "save 5");
  }

  @Test
  void rolledBackSinkWithoutACheckpointIsNoDoubt() {
    store.rolledBack = true;
    assertThatThrownBy(() -> keeper.look()).isInstanceOf(SinkRolledBackException.class);
    assertThat(runtime.doubts().isEmpty()).isTrue();
  }

  @Test
  void storeIsLeftAloneAsLongAsItAsks() throws Exception {
    store.pause = Duration.ofHours(1);
    keeper.save(at(5));
    assertThat(keeper.isUnconfirmedFor(Duration.ZERO)).isFalse();
    assertThat(keeper.untilUnconfirmedFor(Duration.ZERO)).isPositive();
    store.pause = Duration.ZERO;
    keeper.look();
    assertThat(keeper.isUnconfirmedFor(Duration.ZERO)).isTrue();
    assertThat(keeper.untilUnconfirmedFor(Duration.ZERO)).isZero();
  }

  @Test
  void progressThatWasOnlyNotedIsStillToBeStored() throws Exception {
    keeper.save(at(5));
    assertThat(keeper.isStorePending()).isFalse();
    keeper.note(at(6));
    assertThat(keeper.isStorePending()).isTrue();
    keeper.flush(true);
    assertThat(keeper.isStorePending()).isFalse();
  }

  @Test
  void storeIsUnconfirmedOnlyIfThereIsACheckpoint() throws Exception {
    assertThat(keeper.isUnconfirmedFor(Duration.ZERO)).isFalse();
    keeper.save(at(5));
    assertThat(keeper.isUnconfirmedFor(Duration.ZERO)).isTrue();
    assertThat(keeper.isUnconfirmedFor(Duration.ofHours(1))).isFalse();
  }

  @Test
  void firstCopyIntoAnEmptySinkIsStoredBeforeItBegins() throws Exception {
    runtime.doubts().add(gap(Gap.Reason.NO_CHECKPOINT));
    keeper.save(at(0));
    calls.clear();
    keeper.beginEmpty("c");
    assertThat(calls).containsExactly("save 0");
    assertThat(stored().notes()).containsEntry("begun-empty", "c");
  }

  @Test
  void progressShowsWhatIsStored() throws Exception {
    keeper.save(at(5));
    runtime.progress().applied(5, 5, System.nanoTime());
    assertThat(runtime.progress().status("test", runtime.states().state()).storedIndex())
        .isEqualTo(5);
  }
}
