package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.ContractsFindMistakesTest.failures;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.OutcomeUnknownException.Touched;
import org.etcdmirror.api.ReadableSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the contracts of two mirrors and of late writes on sinks with one mistake each. */
class FencingContractsFindMistakesTest {

  @Test
  void contractDetectsFenceNotMovedByResync() {
    assertThat(failures(StandingFence.class))
        .contains(
            "theFirstWriteOfASuccessorStopsTheOneBefore",
            "theFirstWriteOfASuccessorStopsTheOneBeforeInTheMiddleOfAResync")
        .doesNotContain(
            "aBatchAndItsCheckpointAreStoredTogether", "theCheckpointAloneStopsTheOneBefore");
  }

  @Test
  void contractDetectsDataThatIsNotFenced() {
    assertThat(failures(DataWithoutFence.class))
        .contains(
            "theFirstWriteOfASuccessorStopsTheOneBefore", "theCheckpointAloneStopsTheOneBefore")
        .doesNotContain("aBatchAndItsCheckpointAreStoredTogether");
  }

  @Test
  void contractDetectsDataThatIsWrittenBeforeItIsRefused() {
    assertThat(failures(WritesBeforeItRefuses.class))
        .contains(
            "theFirstWriteOfASuccessorStopsTheOneBefore", "whatWasLoadedBeforeAnotherWroteIsStale");
  }

  @Test
  void contractDetectsStoreWithoutFence() {
    assertThat(failures(StoreWithoutFence.class))
        .contains(
            "theCheckpointAloneStopsTheOneBefore",
            "aCheckpointThatMovedAfterTheLoadIsRefusedAndCanBeLoadedAgain")
        .doesNotContain("promisesWhatAnAtomicSinkMustPromise");
  }

  @Test
  void contractDetectsFenceThatIsPromisedOnly() {
    assertThat(failures(PromisesTooMuch.class))
        .contains(
            "promisesWhatAnAtomicSinkMustPromise", "theFirstWriteOfASuccessorStopsTheOneBefore");
  }

  @Test
  void contractDetectsFenceNotMovedAfterLostWrite() {
    assertThat(failures(ForgetsLostWrites.class))
        .contains(
            "aLatePutDoesNotReplaceANewerValueUnnoticed",
            "aLateDeleteDoesNotRemoveANewerValueUnnoticed",
            "aLatePutDoesNotReturnADeletedKeyUnnoticed",
            "aLateTreeDeleteDoesNotRemoveNewerValuesUnnoticed",
            "noneOfManyLateWritesIsUnnoticed")
        .doesNotContain("aLateWriteDoesNotHarmASuccessorUnnoticed");
  }

  @Test
  void contractDetectsKeyThatIsNotNamed() {
    assertThat(failures(NamesOneKey.class)).containsExactly("noneOfManyLateWritesIsUnnoticed");
  }

  @Test
  void contractDetectsTreeThatIsNamedAsAKey() {
    assertThat(failures(NamesTreesAsKeys.class))
        .containsExactly("aLateTreeDeleteDoesNotRemoveNewerValuesUnnoticed");
  }

  @Test
  void contractDetectsLostAnswerThatIsReportedAsAnOrdinaryFailure() {
    assertThat(failures(NamesNothing.class))
        .contains(
            "aLatePutDoesNotReplaceANewerValueUnnoticed", "aLostWriteIsNotSentAgainByTheSink");
  }

  @Test
  void contractDetectsWriteThatIsSentAgainByItself() {
    assertThat(failures(SendsAgain.class)).containsExactly("aLostWriteIsNotSentAgainByTheSink");
  }

  @Test
  void contractDetectsLateSaveThatSetsTheCheckpointBack() {
    assertThat(failures(LateSaveWins.class))
        .containsExactly("aLateSaveDoesNotSetTheCheckpointBack");
  }

  @Test
  void contractDetectsFixtureThatHoldsNothingBack() {
    assertThat(failures(HoldsNothing.class)).contains("aLatePutDoesNotReplaceANewerValueUnnoticed");
  }

  @Test
  void contractDetectsFixtureThatExecutesNothing() {
    assertThat(failures(ExecutesNothing.class))
        .contains("aLatePutDoesNotReplaceANewerValueUnnoticed");
  }

  abstract static class OfAtomic extends AtomicSinkContract {

    final ReferenceAtomicSink.Place place = new ReferenceAtomicSink.Place();
  }

  static class StandingFence extends OfAtomic {

    @Override
    protected AtomicSink openSink() {
      return new ReferenceAtomicSink(place) {
        @Override
        public Optional<Checkpoint> load() {
          Optional<Checkpoint> loaded = super.load();
          claimed = true;
          return loaded;
        }
      };
    }
  }

  static class DataWithoutFence extends OfAtomic {

    @Override
    protected AtomicSink openSink() {
      return new ReferenceAtomicSink(place) {
        @Override
        public void apply(EventBatch batch) {
          place.data.apply(batch);
        }
      };
    }
  }

  static class WritesBeforeItRefuses extends OfAtomic {

    @Override
    protected AtomicSink openSink() {
      return new ReferenceAtomicSink(place) {
        @Override
        void write(EventBatch batch, long expected) {
          place.data.apply(batch);
          super.write(batch, expected);
        }
      };
    }
  }

  static class StoreWithoutFence extends FencingContractTest {

    @Override
    protected ReadableSink openSink() {
      ReferenceRemoteSink.Place shared = place();
      return new ReferenceRemoteSink(shared) {
        @Override
        public IndexStore indexStore(String link) {
          return new Unfenced(shared);
        }
      };
    }
  }

  /** A store that saves without a comparison. */
  private static final class Unfenced extends ReferenceStore {

    Unfenced(ReferenceRemoteSink.Place place) {
      super(place.checkpoint, place.line);
    }

    @Override
    void replace(@Nullable Checkpoint expected, Checkpoint fresh) {
      place.set(fresh);
    }
  }

  static class PromisesTooMuch extends FencingContractTest {

    @Override
    protected Fencing fencing() {
      return Fencing.EACH_WRITE;
    }
  }

  static class ForgetsLostWrites extends RefusedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceAtomicSink(place()) {
        private boolean moved;

        @Override
        void lost() {
          claimed = moved;
        }

        @Override
        public void apply(EventBatch batch) throws IOException, InterruptedException {
          super.apply(batch);
          moved = true;
        }
      };
    }
  }

  static class NamesOneKey extends ReportedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceRemoteSink(place()) {
        @Override
        IOException lost(List<Touched> touched) {
          return super.lost(touched.subList(0, 1));
        }
      };
    }
  }

  static class NamesTreesAsKeys extends ReportedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceRemoteSink(place()) {
        @Override
        IOException lost(List<Touched> touched) {
          return super.lost(touched.stream().map(Touched::key).map(Touched::key).toList());
        }
      };
    }
  }

  static class NamesNothing extends ReportedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceRemoteSink(place()) {
        @Override
        IOException lost(List<Touched> touched) {
          return new IOException("the connection is lost");
        }
      };
    }
  }

  /** A second connection is not held back. */
  static class SendsAgain extends ReportedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      return new ReferenceRemoteSink(place()) {
        @Override
        public void apply(EventBatch batch) throws IOException, InterruptedException {
          try {
            super.apply(batch);
          } catch (IOException e) {
            place.data.apply(batch);
            throw e;
          }
        }
      };
    }
  }

  static class LateSaveWins extends ReportedLateWritesTest {

    @Override
    protected ReadableSink openSink() {
      ReferenceRemoteSink.Place shared = place();
      return new ReferenceRemoteSink(shared) {
        @Override
        public IndexStore indexStore(String link) {
          return new Unfenced(shared);
        }
      };
    }
  }

  /** A fixture that forgets to hold writes back proves nothing. */
  static class HoldsNothing extends ReportedLateWritesTest {

    @Override
    protected void holdWrites(boolean on) {}
  }

  static class ExecutesNothing extends ReportedLateWritesTest {

    @Override
    protected int executeHeldWrites() {
      return 1;
    }
  }
}
