package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.ContractsFindMistakesTest.failures;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.OwnKeys;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Runs the contract of reading on sinks with one mistake each. */
class ReadingContractFindsMistakesTest {

  @Test
  void contractDetectsReadsBehindAppliedBatches() {
    assertThat(failures(ReadsBehind.class)).contains("canBeReadWhileABatchIsApplied");
  }

  @Test
  void contractDetectsWrongOrder() {
    assertThat(failures(Backwards.class))
        .contains("snapshotIsInOrderOfUnsignedBytes")
        .doesNotContain("aSnapshotThatIsClosedEarlyLeavesTheSinkAsItIs");
  }

  @Test
  void contractDetectsIgnoredSelection() {
    assertThat(failures(ShowsEverything.class)).containsExactly("snapshotKeepsToTheSelection");
  }

  @Test
  void contractDetectsMissingNamedKeys() {
    assertThat(failures(NoNamedKeys.class))
        .containsExactly("anExactSnapshotTellsAtLeastTheNamedKeys");
  }

  @Test
  void contractDetectsSinkThatIsUnreadableBeforeItIsOpened() {
    assertThat(failures(OnlyOpened.class)).containsExactly("canBeReadWithoutBeingOpened");
  }

  @Test
  void contractDetectsSnapshotsThatShareTheirPlace() {
    assertThat(failures(OneSnapshot.class)).containsExactly("twoSnapshotsAreReadSideBySide");
  }

  @Test
  void contractDetectsSnapshotThatIsNeverReleased() {
    assertThat(failures(StaysLocked.class))
        .containsExactly("aSnapshotThatIsClosedEarlyLeavesTheSinkAsItIs");
  }

  @Test
  void contractDetectsCheckpointsShownAsData() {
    assertThat(failures(ShowsCheckpoints.class)).containsExactly("keysOfMirrorsAreNotShown");
  }

  @Test
  void contractDetectsHiddenExpiries() {
    assertThat(failures(HidesExpiries.class))
        .containsExactly("whatGoesByItselfIsShownSoAlsoIfExpiriesAreNotAskedFor");
  }

  abstract static class OfSink extends ReadableSinkContract {

    @Override
    protected abstract ReferenceSink createSink(List<Bytes> prefixes);
  }

  static class ReadsBehind extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        private @Nullable EventBatch last;

        @Override
        public synchronized void apply(EventBatch batch) {
          EventBatch before = last;
          last = batch;
          if (before != null) {
            super.apply(before);
          }
        }
      };
    }
  }

  static class Backwards extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        Snapshot shown(List<MirrorEvent.Entry> entries) {
          List<MirrorEvent.Entry> backwards = new ArrayList<>(entries);
          Collections.reverse(backwards);
          return super.shown(backwards);
        }
      };
    }
  }

  static class ShowsEverything extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        public synchronized Snapshot snapshot(Selection selection) {
          return shown(List.copyOf(entries.values()));
        }
      };
    }
  }

  static class HidesExpiries extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        private boolean areAskedFor;

        @Override
        public synchronized Snapshot snapshot(Selection selection) {
          areAskedFor = selection.expiries();
          return super.snapshot(selection);
        }

        @Override
        Snapshot shown(List<MirrorEvent.Entry> entries) {
          return super.shown(areAskedFor ? entries : entries.stream().map(this::hidden).toList());
        }

        private MirrorEvent.Entry hidden(MirrorEvent.Entry entry) {
          return entry instanceof MirrorEvent.Put put ? put.withExpiry(null, null) : entry;
        }
      };
    }
  }

  static class NoNamedKeys extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        public synchronized Snapshot snapshot(Selection selection) {
          return selection.exact() ? shown(List.of()) : super.snapshot(selection);
        }
      };
    }
  }

  static class OnlyOpened extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        private boolean opened;

        @Override
        public void open(SinkContext context) {
          opened = true;
        }

        @Override
        public synchronized Snapshot snapshot(Selection selection) {
          if (!opened) {
            throw new IllegalStateException("the sink is not open; open it first");
          }
          return super.snapshot(selection);
        }
      };
    }
  }

  /** A snapshot that says when it is closed, and whether all of it was read. */
  private static final class Closing implements Snapshot {

    private final Snapshot behind;
    private final Consumer<Boolean> closed;
    private boolean all;

    Closing(Snapshot behind, Consumer<Boolean> closed) {
      this.behind = behind;
      this.closed = closed;
    }

    @Override
    public SourceHead head() {
      return behind.head();
    }

    @Override
    public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
      MirrorEvent.Entry next = behind.next();
      all = next == null;
      return next;
    }

    @Override
    public void close() {
      closed.accept(all);
    }
  }

  /** All snapshots that are open at a time share one place in the data. */
  static class OneSnapshot extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        private @Nullable Snapshot current;

        @Override
        Snapshot shown(List<MirrorEvent.Entry> entries) {
          Snapshot open = current;
          if (open == null) {
            open = new Closing(super.shown(entries), all -> current = null);
            current = open;
          }
          return open;
        }
      };
    }
  }

  /** Stays locked if a snapshot is closed before its end. */
  static class StaysLocked extends OfSink {
    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        private boolean locked;

        @Override
        Snapshot shown(List<MirrorEvent.Entry> entries) {
          return new Closing(super.shown(entries), all -> locked |= !all);
        }

        @Override
        public synchronized void apply(EventBatch batch) {
          if (locked) {
            throw new IllegalStateException("a snapshot is open; close it");
          }
          super.apply(batch);
        }
      };
    }
  }

  /** Keeps its checkpoints as values, and forgets what they are. */
  static class ShowsCheckpoints extends OfSink {

    private final ReferenceSink shared = new ReferenceSink(KeyModel.BYTES);

    @Override
    protected ReferenceSink createSink(List<Bytes> prefixes) {
      return new ReferenceSink(KeyModel.BYTES) {
        @Override
        public synchronized void apply(EventBatch batch) {
          shared.apply(batch);
        }

        @Override
        public synchronized Snapshot snapshot(Selection selection) {
          return shared.snapshot(selection);
        }

        @Override
        public IndexStore indexStore(String link) {
          return new ReferenceStore(new AtomicReference<>()) {
            @Override
            public void save(Checkpoint checkpoint) {
              Bytes key = Bytes.utf8(OwnKeys.TREE + "/" + link);
              Bytes value = Bytes.utf8(Long.toString(checkpoint.index()));
              shared.apply(new MirrorEvent.Put(key, value, 1, null));
            }
          };
        }

        @Override
        public boolean isDurable() {
          return true;
        }
      };
    }
  }
}
