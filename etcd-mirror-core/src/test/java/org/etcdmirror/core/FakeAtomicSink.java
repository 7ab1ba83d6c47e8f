package org.etcdmirror.core;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjLongConsumer;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.BatchTooLargeException;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * A sink that writes data and checkpoint in one transaction, which compares the version of the
 * checkpoint, also one that is carried out late. After a load, and after a lost answer, the version
 * is moved before anything else is written.
 */
final class FakeAtomicSink extends FakeSink implements AtomicSink {

  /** Set to apply {@link #fenceBeforeReading} from the start. */
  private static final String FENCE_BEFORE_READING = "convergence.fenceBeforeReading";

  /** A transaction, as it was sent: with the version that it compares. */
  private record Sent(EventBatch batch, @Nullable Checkpoint next, long expected, int run) {}

  private long maxBytes = 1 << 20;
  private long serverTakes = Long.MAX_VALUE;
  private @Nullable Checkpoint stored;
  private ObjLongConsumer<Checkpoint> onCommit = (checkpoint, nanos) -> {};

  /** The version of the checkpoint; it grows with each change. */
  private long version;

  /** The version that this run loaded or saved last. */
  private long known;

  /** Which run of a mirror writes here, and what it sent last that has made a version. */
  private int run;

  private @Nullable Sent newest;

  private boolean fenceWanted;
  private boolean fenceBeforeReading = Boolean.getBoolean(FENCE_BEFORE_READING);
  private int fenced;
  private int oldWrites;

  FakeAtomicSink() {
    this(KeyModel.PATHS);
  }

  FakeAtomicSink(KeyModel model) {
    super(model);
  }

  @Override
  public synchronized long maxAtomicBytes() {
    return maxBytes;
  }

  @Override
  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    faults.at("load");
    synchronized (this) {
      run++;
      known = version;
      fenceWanted = true;
      Optional<Checkpoint> loaded = Optional.ofNullable(stored);
      if (oldWrites > 0) {
        oldWrites--;
        movedByAnother(loaded.orElseThrow().index() + 1);
      }
      return loaded;
    }
  }

  @Override
  public void save(Checkpoint checkpoint) throws IOException, InterruptedException {
    apply(EventBatch.of(List.of(), checkpoint.index(), checkpoint.index()), checkpoint);
  }

  @Override
  public void apply(EventBatch batch) throws IOException, InterruptedException {
    send(batch, null);
    late.afterAnother();
  }

  @Override
  public void apply(EventBatch batch, Checkpoint checkpoint)
      throws IOException, InterruptedException {
    refuseIfTooLarge(batch);
    Sent sent = send(batch, checkpoint);
    onCommit.accept(checkpoint, System.nanoTime());
    late.afterAnother();
    if (faults.strikes()) {
      throw new IOException("random fault after the commit");
    }
    acknowledged(sent);
  }

  private Sent send(EventBatch batch, @Nullable Checkpoint next)
      throws IOException, InterruptedException {
    faults.at("apply");
    late.carryOutDue();
    moveFence();
    Sent sent = sent(batch, next);
    if (late.strikes(!batch.events().isEmpty())) {
      late.hold(() -> carriedOut(sent));
      wantFence();
      throw new IOException("the answer is lost");
    }
    if (!commit(sent)) {
      throw fenced();
    }
    return sent;
  }

  @Override
  public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
    if (isFencedBeforeReading() && Thread.currentThread().getName().endsWith("-applier")) {
      moveFence();
    }
    return super.snapshot(selection);
  }

  /**
   * Also moves the fence before the sink is read. The engine should do that, by saving a
   * checkpoint; this does it in the engine's place.
   */
  synchronized void fenceBeforeReading() {
    fenceBeforeReading = true;
  }

  private synchronized boolean isFencedBeforeReading() {
    return fenceBeforeReading;
  }

  private synchronized void wantFence() {
    fenceWanted = true;
  }

  private synchronized void moveFence() throws FencedException {
    if (fenceWanted) {
      if (sent(EventBatch.of(List.of(), 0, 0), null).expected() != version) {
        throw fenced();
      }
      version++;
      known = version;
      fenceWanted = false;
    }
  }

  /** A version that a transaction of this run made, whose answer was lost, is its own. */
  private synchronized Sent sent(EventBatch batch, @Nullable Checkpoint next) {
    Sent own = newest;
    if (known != version && own != null && own.run() == run && own.expected() == known) {
      known = version;
    }
    return new Sent(batch, next, known, run);
  }

  private synchronized FencedException fenced() {
    fenced = run;
    return new FencedException("another mirror moved the checkpoint");
  }

  /** Whether the present run was refused a write because of its fence. */
  synchronized boolean isFenced() {
    return fenced == run && run > 0;
  }

  private synchronized boolean commit(Sent sent) {
    if (sent.expected() != version) {
      return false;
    }
    carryOut(sent.batch(), false);
    Checkpoint next = sent.next();
    if (next != null) {
      stored = next;
      version++;
      newest = sent;
    }
    return true;
  }

  /** The answer came; changes by others since then are not known yet. */
  private synchronized void acknowledged(Sent sent) {
    known = sent.expected() + 1;
  }

  /** Carries out a late transaction, whose answer is lost. */
  private void carriedOut(Sent sent) {
    Checkpoint next = sent.next();
    long before = System.nanoTime();
    if (commit(sent) && next != null) {
      onCommit.accept(next, before);
    }
  }

  /**
   * Called with each checkpoint that is stored and a moment not after that, by the thread that
   * stored it.
   */
  void onCommit(ObjLongConsumer<Checkpoint> check) {
    onCommit = check;
  }

  synchronized void takeAtMost(long bytes) {
    maxBytes = bytes;
  }

  synchronized void turnOutToTakeAtMost(long bytes) {
    serverTakes = bytes;
  }

  /** Refuses like a server with a lower limit than the sink was told. */
  private synchronized void refuseIfTooLarge(EventBatch batch) {
    boolean divisible = batch.events().stream().map(MirrorEvent::index).distinct().count() > 1;
    if (divisible && batch.bytes() > serverTakes) {
      maxBytes = serverTakes;
      throw new BatchTooLargeException("too much");
    }
  }

  synchronized void preset(Checkpoint checkpoint) {
    stored = checkpoint;
    version++;
    newest = null;
  }

  /** Lets writes of a former process land after each of the next loads, this many times. */
  synchronized void letOldWritesLand(int count) {
    oldWrites = count;
  }

  synchronized void movedByAnother(long index) {
    preset(new Checkpoint(index, "cluster-1", null, Instant.EPOCH));
  }

  synchronized @Nullable Checkpoint stored() {
    return stored;
  }

  synchronized long storedIndex() {
    return stored == null ? -1 : stored.index();
  }
}
