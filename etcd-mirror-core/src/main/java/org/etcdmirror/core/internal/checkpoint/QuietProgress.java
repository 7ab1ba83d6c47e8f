package org.etcdmirror.core.internal.checkpoint;

import java.time.Duration;
import java.util.Objects;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.SinkCluster;
import org.jspecify.annotations.Nullable;

/**
 * Decides when progress without data is worth a save: at most once a second, so that an idle mirror
 * costs next to nothing. Used by the applier's thread alone.
 */
final class QuietProgress {

  /** How often an index that moves without a write is stored. */
  static final Duration INTERVAL = Duration.ofSeconds(1);

  /** A tenth of what etcd v2 keeps of its history. */
  private static final int MOST_OWN = 100;

  private final EventSink sink;
  private final IndexStore store;
  private final Duration interval;
  private boolean oneCluster;
  private long storedNanos = System.nanoTime();

  QuietProgress(EventSink sink, IndexStore store, Duration interval) {
    this.sink = sink;
    this.store = store;
    this.interval = interval;
  }

  /** Whether source and sink are known to be one cluster, so that each save moves the source. */
  void inOneCluster(boolean known) {
    oneCluster = known;
  }

  /** A checkpoint was stored, whatever for. */
  void stored() {
    storedNanos = System.nanoTime();
  }

  /**
   * Whether a checkpoint is to be stored.
   *
   * @param wanted the present checkpoint
   * @param stored the stored one; null if there is none
   * @param isDoubtMissing whether that does not say yet why the sink may not be level
   * @param now whether the interval does not matter
   */
  boolean isDue(
      Checkpoint wanted, @Nullable Checkpoint stored, boolean isDoubtMissing, boolean now) {
    if (isDoubtMissing) {
      return now || isTime();
    }
    return !isSameButForTime(wanted, stored)
        && (now || (isTime() && !isOwnProgress(wanted, stored)));
  }

  private boolean isTime() {
    return System.nanoTime() - storedNanos >= interval.toNanos();
  }

  /**
   * Whether nothing but this mirror's own writes have moved the index: in one cluster each save
   * would bring the next one. After more than {@link #MOST_OWN} of them it is stored all the same,
   * as they take the place of others in the source's history.
   */
  private boolean isOwnProgress(Checkpoint wanted, @Nullable Checkpoint before) {
    if (!oneCluster
        || before == null
        || wanted.index() < before.index()
        || wanted.index() - before.index() > MOST_OWN
        || !isSameButForIndex(wanted, before)
        || !CheckpointNotes.isSameButForSource(wanted, before)) {
      return false;
    }
    SinkCluster cluster = sink.cluster();
    for (long index = wanted.index(); index > before.index(); index--) {
      if (!store.hasWritten(index) && (cluster == null || !cluster.hasWritten(index))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSameButForTime(Checkpoint wanted, @Nullable Checkpoint other) {
    return other != null
        && other.index() == wanted.index()
        && isSameButForIndex(wanted, other)
        && other.notes().equals(wanted.notes());
  }

  /** Whether two checkpoints differ in nothing but their index, time and notes. */
  private static boolean isSameButForIndex(Checkpoint wanted, Checkpoint other) {
    return other.applying() == wanted.applying()
        && Objects.equals(other.clusterId(), wanted.clusterId())
        && Objects.equals(other.scope(), wanted.scope());
  }
}
