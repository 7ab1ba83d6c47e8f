package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs the contracts on implementations with one mistake each. */
class ContractsFindMistakesTest {

  @Test
  void contractDetectsTreeDeleteByRawPrefix() {
    assertThat(failures(DeletesSiblings.class)).contains("deleteTreeRemovesTheTreeAndNoSibling");
  }

  @Test
  void contractDetectsReplayThatAppends() {
    assertThat(failures(AppendsOnReplay.class)).contains("applyingABatchAgainChangesNothing");
  }

  @Test
  void contractDetectsFileThatIsNeverWritten() {
    assertThat(failures(NeverWritten.class))
        .containsExactly("holdsWhatWasAppliedWhenItIsOpenedAgain");
  }

  @Test
  void contractDetectsBinaryValuesLostInFileOnly() {
    assertThat(failures(WrittenAsText.class))
        .contains("holdsWhatWasAppliedWhenItIsOpenedAgain")
        .doesNotContain("keepsValuesThatAreNoText");
  }

  @Test
  void contractDetectsBinaryValuesLostInMemory() {
    assertThat(failures(HeldAsText.class)).contains("keepsValuesThatAreNoText");
  }

  @Test
  void contractDetectsMissingDirectories() {
    assertThat(failures(NoDirectories.class)).contains("makesDirectories");
  }

  @Test
  void contractDetectsWrongKeyModel() {
    assertThat(failures(WrongModel.class)).contains("isTestedByTheContractOfItsKeyModel");
  }

  @Test
  void contractDetectsMissingFence() {
    assertThat(failures(NoFence.class))
        .contains("fencesTheSecondOfTwoThatBeginAtOnce", "fencesTheOneThatWasOvertaken")
        .doesNotContain("givesBackWhatWasSaved");
  }

  @Test
  void contractDetectsUndeliveredDeletes() {
    assertThat(failures(NoDeletes.class)).contains("aStreamFromNowDeliversWhatHappensInOrder");
  }

  @Test
  void contractDetectsStaleHead() {
    assertThat(failures(StaleHead.class)).contains("headGrowsWithEachWrite");
  }

  @Test
  void contractDetectsStoredIndexesShownAsData() {
    assertThat(failures(ShowsIndexes.class))
        .containsExactlyInAnyOrder(
            "aSnapshotOfEverythingDoesNotShowWhatMirrorsRemember",
            "anOwnKeyIsNotShownWhereItIsAskedForByName",
            "aStreamOfEverythingDoesNotShowWhatMirrorsRememberAndItsIndexMovesOn");
  }

  static List<String> failures(Class<?> contract) {
    return EngineTestKit.engine("junit-jupiter")
        .selectors(selectClass(contract))
        .execute()
        .testEvents()
        .failed()
        .map(Event::getTestDescriptor)
        .map(test -> test.getDisplayName().replace("()", ""))
        .toList();
  }

  static class DeletesSiblings extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        void deleteTree(Bytes key) {
          entries.keySet().removeIf(other -> other.startsWith(key));
        }
      };
    }
  }

  /** Claims to be durable but is not. */
  static class NeverWritten extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        public boolean isDurable() {
          return true;
        }
      };
    }
  }

  /** Converts values to text when it writes its file. */
  static class WrittenAsText extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        public boolean isDurable() {
          return true;
        }
      };
    }

    @Override
    protected EventSink reopenSink(EventSink closed, List<Bytes> prefixes) {
      ReferenceSink next = (ReferenceSink) createSink(prefixes);
      ((ReferenceSink) closed)
          .entries.forEach((key, entry) -> next.entries.put(key, asText(entry)));
      return next;
    }
  }

  static class HeldAsText extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        void apply(MirrorEvent event) {
          super.apply(event instanceof MirrorEvent.Put put ? asText(put) : event);
        }
      };
    }
  }

  private static MirrorEvent.Entry asText(MirrorEvent.Entry entry) {
    return entry instanceof MirrorEvent.Put put
        ? new MirrorEvent.Put(put.key(), Bytes.utf8(put.value().utf8()), put.index(), null)
        : entry;
  }

  static class AppendsOnReplay extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        void apply(MirrorEvent event) {
          if (event instanceof MirrorEvent.Put put
              && entries.get(put.key()) instanceof MirrorEvent.Put old) {
            super.apply(
                new MirrorEvent.Put(put.key(), old.value().plus(put.value()), put.index(), null));
          } else {
            super.apply(event);
          }
        }
      };
    }
  }

  static class NoDirectories extends PathSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.PATHS) {
        @Override
        public void apply(EventBatch batch) {
          super.apply(batch);
          entries.values().removeIf(MirrorEvent.MakeDirectory.class::isInstance);
        }
      };
    }
  }

  static class WrongModel extends EventSinkContract {
    @Override
    protected EventSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.PATHS);
    }
  }

  static class NoFence extends IndexStoreContract {
    private final List<AtomicReference<@Nullable Checkpoint>> places =
        List.of(new AtomicReference<>(), new AtomicReference<>());

    @Override
    protected IndexStore openStore(int place) {
      return new ReferenceStore(places.get(place)) {
        @Override
        void replace(@Nullable Checkpoint expected, Checkpoint fresh) {
          this.place.set(fresh);
        }
      };
    }
  }

  abstract static class OfSource extends EventSourceContract {
    private final ReferenceSource broken;

    OfSource(ReferenceSource broken) {
      this.broken = broken;
    }

    @Override
    protected EventSource createSource() {
      return broken;
    }

    @Override
    protected long put(String key, String value) {
      return broken.add(Bytes.utf8(key), Bytes.utf8(value));
    }

    @Override
    protected long delete(String key) {
      return broken.add(Bytes.utf8(key), null);
    }
  }

  static class NoDeletes extends OfSource {
    NoDeletes() {
      super(
          new ReferenceSource() {
            @Override
            boolean delivers(Selection selection, MirrorEvent event) {
              return super.delivers(selection, event) && event instanceof MirrorEvent.Put;
            }
          });
    }
  }

  static class ShowsIndexes extends OfSource {
    ShowsIndexes() {
      super(
          new ReferenceSource() {
            @Override
            boolean isData(Bytes key) {
              return true;
            }
          });
    }
  }

  static class StaleHead extends OfSource {
    StaleHead() {
      super(
          new ReferenceSource() {
            @Override
            public synchronized SourceHead head(Selection selection) {
              return new SourceHead("reference", 0);
            }
          });
    }
  }
}
