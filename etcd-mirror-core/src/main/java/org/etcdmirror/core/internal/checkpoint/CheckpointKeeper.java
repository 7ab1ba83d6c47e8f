package org.etcdmirror.core.internal.checkpoint;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.etcdmirror.api.AtomicSink;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.SinkRolledBackException;
import org.etcdmirror.core.internal.run.Doubts;
import org.etcdmirror.core.internal.run.Doubts.Doubt;
import org.etcdmirror.core.internal.run.KnownLead;
import org.etcdmirror.core.internal.run.Progress;
import org.jspecify.annotations.Nullable;

/**
 * Applies batches and stores how far they reach, always in this order: data, then index; or both as
 * one where the sink can. Each checkpoint bears the {@link CheckpointNotes}. Used by the applier's
 * thread alone.
 */
public final class CheckpointKeeper {

  /**
   * The longest time between two checks of the store, while data is written to a sink beside it.
   */
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(2);

  private final EventSink sink;
  private final IndexStore store;
  private final @Nullable AtomicSink atomic;
  private final Progress progress;
  private final CheckpointNotes notes;
  private final KnownLead lead;
  private @Nullable Checkpoint stored;
  private @Nullable Checkpoint current;
  private final QuietProgress quiet;

  /** The time at which the store was last seen to hold the stored checkpoint. */
  private long seenNanos = System.nanoTime();

  /** The store lost the last checkpoint, and none was stored since. */
  private boolean gone;

  /** Since that turned out, the store was not loaded again. */
  private boolean mustLoad;

  /**
   * It was loaded again, and it is not known yet whether this mirror still led then. What was found
   * may be the checkpoint of the leader that came after it.
   */
  private boolean mustLead;

  private long loadedNanos;

  @SuppressWarnings("ReferenceEquality") // The sink may be the store itself.
  public CheckpointKeeper(
      EventSink sink, IndexStore store, CheckpointNotes notes, Progress progress, KnownLead lead) {
    this.sink = sink;
    this.store = store;
    this.atomic = sink instanceof AtomicSink both && both == store ? both : null;
    this.notes = notes;
    this.lead = lead;
    this.progress = progress;
    this.quiet = new QuietProgress(sink, store, QuietProgress.INTERVAL);
  }

  public Optional<Checkpoint> load() throws IOException, InterruptedException {
    Optional<Checkpoint> loaded = store.load();
    stored = loaded.orElse(null);
    gone = false;
    mustLoad = false;
    mustLead = false;
    current = stored;
    loaded.ifPresent(this::loaded);
    return loaded;
  }

  private void loaded(Checkpoint checkpoint) {
    notes.loaded(checkpoint);
    // Before the index is known to anyone, so that it is never taken for one that the sink holds.
    List<Doubt> doubts = notes.learnDoubts(checkpoint);
    if (doubts.stream().anyMatch(doubt -> Doubts.isOfAnotherOrigin(doubt.gap()))) {
      // The sink holds nothing of this source and scope for certain, whatever the index.
      progress.stored(checkpoint);
    } else {
      progress.resumedAt(checkpoint);
    }
  }

  /**
   * Saves what was loaded once more. In a sink that compares the checkpoint with each write, no
   * write of a former process that comes late can win any more.
   *
   * @throws FencedException if such a write came between; the checkpoint is to be loaded again
   * @throws SinkRolledBackException if the sink was wiped or put back since; likewise
   */
  public void claim() throws IOException, InterruptedException {
    Checkpoint loaded = stored;
    if (atomic != null && loaded != null) {
      atomic.save(loaded);
    }
  }

  /** Stores this whether it is stored already or not, so that the index of its cluster moves. */
  public void rewrite(Checkpoint same) throws IOException, InterruptedException {
    Checkpoint next = notes.noted(same);
    seen(() -> store.save(next));
    saved(next);
  }

  /** Whether source and sink are known to be one cluster, so that each save moves the source. */
  public void inOneCluster(boolean known) {
    quiet.inOneCluster(known);
  }

  /** The notes that are stored with each checkpoint. */
  public CheckpointNotes notes() {
    return notes;
  }

  /** The current checkpoint; null before the first resync. */
  @Nullable
  public Checkpoint current() {
    return current;
  }

  /** Makes a batch of the sink's events durable, without moving the index. */
  public void write(EventBatch batch) throws IOException, InterruptedException {
    if (!batch.events().isEmpty()) {
      apply(batch);
    }
  }

  /**
   * Makes the batch durable, and the index with it where they go together; else save comes next.
   */
  public void write(EventBatch batch, Checkpoint reached) throws IOException, InterruptedException {
    if (atomic != null) {
      Checkpoint next = notes.noted(reached);
      if (batch.bytes() > atomic.maxAtomicBytes()) {
        progress.applying(next.index());
      }
      seen(() -> atomic.apply(batch, next));
      saved(next);
    } else {
      apply(batch);
    }
  }

  /** Stores the suspects of earlier writes first. */
  private void apply(EventBatch batch) throws IOException, InterruptedException {
    notes.suspects().writes();
    Checkpoint known = stored;
    Checkpoint at = current;
    if (at != null && known != null && notes.suspects().isNews(known.notes())) {
      save(at);
    }
    if (atomic == null && isUnconfirmedFor(LOOK_INTERVAL)) {
      // For such a sink only the index shows that it is still the same one.
      look();
    }
    try {
      seen(() -> sink.apply(batch));
    } catch (OutcomeUnknownException e) {
      notes.suspects().add(e);
      throw e;
    }
  }

  /** Stores an index through which the sink is durable, unless it is stored already. */
  public void save(Checkpoint reached) throws IOException, InterruptedException {
    store(notes.noted(reached));
  }

  /**
   * The sink is level through this index, and so all doubts through a number are ended: by the same
   * save, so that there is never one without the other.
   */
  public void saveLevel(Checkpoint reached, long doubts) throws IOException, InterruptedException {
    store(notes.notedWhenEnded(reached, doubts));
  }

  private void store(Checkpoint next) throws IOException, InterruptedException {
    if (gone || !next.equals(stored)) {
      seen(() -> store.save(next));
      saved(next);
    }
  }

  /** Whether nothing was heard of the store for so long. */
  public boolean isUnconfirmedFor(Duration time) {
    return stored != null && System.nanoTime() - seenNanos >= time.toNanos();
  }

  /**
   * Looks whether the sink is still what this mirror left there.
   *
   * @throws SinkRolledBackException if it is not; it is known from here on that it may not be level
   */
  public void look() throws IOException, InterruptedException {
    loadIfRolledBack();
    use(store::confirm);
    seenNanos = System.nanoTime();
  }

  /** Writes to the sink or the store. */
  private void seen(Use use) throws IOException, InterruptedException {
    loadIfRolledBack();
    requireLead();
    use(use);
  }

  private void loadIfRolledBack() throws IOException, InterruptedException {
    if (mustLoad) {
      store.load().ifPresent(notes::restored);
      loadedNanos = System.nanoTime();
      mustLoad = false;
      mustLead = true;
    }
  }

  /** A write on top of what was found would depose a new leader, and store an older index. */
  private void requireLead() throws IOException {
    if (mustLead && !lead.isConfirmedSince(loadedNanos)) {
      throw new IOException(
          "sink was restored or wiped, and it is not known yet whether this member still leads;"
              + " waiting until the lead is prolonged");
    }
    mustLead = false;
  }

  /** Takes note if the sink or the store is not what this mirror left there. */
  private void use(Use use) throws IOException, InterruptedException {
    try {
      use.run();
    } catch (SinkRolledBackException e) {
      gone = true;
      mustLoad = true;
      Checkpoint at = current;
      if (at != null) {
        notes.rolledBack(at.index());
      }
      throw e;
    }
  }

  /** Of the sink or the store. */
  @FunctionalInterface
  private interface Use {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Before the sink is read for a comparison. A fenced sink is written to even if the checkpoint is
   * stored already: a write that was sent before could still land between that reading and the next
   * write, and a stale value would pass for an equal one.
   */
  public void saveBeforeReading(Checkpoint reached) throws IOException, InterruptedException {
    if (atomic != null) {
      Checkpoint next = notes.noted(reached);
      seen(() -> store.save(next));
      saved(next);
    } else {
      save(reached);
    }
  }

  /** A first copy begins with a sink that holds nothing. Stored before anything is written. */
  public void beginEmpty(String clusterId) throws IOException, InterruptedException {
    notes.beginEmpty(clusterId);
    flush(true);
  }

  /** Stores why the sink may not be level, if there is a checkpoint that does not say so yet. */
  public void storeDoubt() throws IOException, InterruptedException {
    if (isDoubtMissing()) {
      flush(true);
    }
  }

  /** Whether there is a checkpoint that does not say yet why the sink may not be level. */
  public boolean isDoubtMissing() {
    Checkpoint at = stored;
    return at != null && (gone || notes.isDoubtMissing(at));
  }

  /**
   * Stores the mark that ends the link, without a batch. If that fails, the current checkpoint is
   * stored again by the next flush.
   */
  public void saveLast(Checkpoint last) throws IOException, InterruptedException {
    stored = null;
    seen(() -> store.save(last));
    saved(last);
  }

  /** The sink is at this checkpoint though nothing was written; stored sooner or later. */
  public void note(Checkpoint reached) {
    current = notes.noted(reached);
  }

  /** Stores what was only noted, if that is due or {@code now}. */
  public void flush(boolean now) throws IOException, InterruptedException {
    Checkpoint wanted = current == null ? null : notes.noted(current);
    if (wanted != null && quiet.isDue(wanted, stored, isDoubtMissing(), now)) {
      save(wanted);
    }
  }

  private void saved(Checkpoint checkpoint) {
    stored = checkpoint;
    current = checkpoint;
    seenNanos = System.nanoTime();
    quiet.stored();
    gone = false;
    progress.stored(checkpoint);
  }
}
