package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.KeyModel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MirrorAtomicSinkTest extends MirrorFixture {

  /** Where data and checkpoint are one transaction, which compares the checkpoint. */
  private static final class Transactions extends FakeSink implements AtomicSink {

    private final List<EventBatch> unfenced = new ArrayList<>();
    private @Nullable Checkpoint stored;
    private @Nullable Checkpoint known;

    Transactions() {
      super(KeyModel.PATHS);
    }

    @Override
    public long maxAtomicBytes() {
      return 1 << 20;
    }

    @Override
    public synchronized Optional<Checkpoint> load() {
      known = stored;
      return Optional.ofNullable(stored);
    }

    @Override
    public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
      apply(EventBatch.of(List.of(), checkpoint.index(), checkpoint.index()), checkpoint);
    }

    @Override
    public void apply(EventBatch batch) throws IOException, InterruptedException {
      unfenced.add(batch);
      super.apply(batch);
    }

    @Override
    public void apply(EventBatch batch, Checkpoint checkpoint)
        throws IOException, InterruptedException {
      synchronized (this) {
        if (!Objects.equals(known, stored)) {
          throw new FencedException("another mirror moved the checkpoint");
        }
      }
      super.apply(batch);
      synchronized (this) {
        stored = checkpoint;
        known = checkpoint;
      }
    }

    synchronized void movedByAnother(long index) {
      stored = new Checkpoint(index, "cluster-1", null, Instant.EPOCH);
    }

    synchronized long storedIndex() {
      return stored == null ? -1 : stored.index();
    }
  }

  private final Transactions atomic = new Transactions();

  private EtcdMirror onAtomic() throws InterruptedException {
    sink = atomic;
    return following(b -> b.indexStore(atomic).deleteLimit(DeleteLimit.percent(100)));
  }

  @Test
  void aBatchAndItsIndexAreOneTransaction() throws Exception {
    EtcdMirror mirror = onAtomic();
    eventually(() -> atomic.storedIndex() == source.index());
    int before = atomic.faults.calls("apply");
    source.put("/conf/a", "1");
    level(mirror);
    eventually(() -> atomic.storedIndex() == source.index());
    assertThat(atomic.faults.calls("apply")).isEqualTo(before + 1);
    assertThat(atomic.values()).isEqualTo(source.values());
    assertThat(atomic.unfenced).isEmpty();
  }

  @Test
  void aStaleMirrorWritesNothing() throws Exception {
    EtcdMirror mirror = onAtomic();
    eventually(() -> atomic.storedIndex() == source.index());
    atomic.movedByAnother(source.index());
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.FAILED);
    assertThat(atomic.values()).isEmpty();
    assertThat(atomic.storedIndex()).isLessThan(source.index());
  }

  @Test
  void aStaleMirrorResyncsNothingEither() throws Exception {
    source.put("/conf/a", "1");
    atomic.save(new Checkpoint(source.index(), "replaced", null, Instant.EPOCH));
    Faults.Gate gate = atomic.faults.block("snapshot");
    sink = atomic;
    EtcdMirror mirror = started(b -> b.indexStore(atomic));
    gate.awaitReached();
    atomic.movedByAnother(5);
    gate.release();
    awaitState(mirror, MirrorState.FAILED);
    assertThat(atomic.values()).isEmpty();
    assertThat(atomic.unfenced).isEmpty();
  }
}
