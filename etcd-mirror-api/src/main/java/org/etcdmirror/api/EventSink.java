package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.internal.FunctionSink;
import org.jspecify.annotations.Nullable;

/**
 * Writes events. A sink is built, {@linkplain #open opened} once, and closed. The engine calls
 * {@link #apply} from one thread at a time.
 *
 * <p>The engine never writes or deletes {@linkplain OwnKeys keys of mirrors} or {@link #ownKeys}. A
 * tree delete may cover such keys. The sink must not delete them.
 *
 * <p>A sink of plain keys in a few lines; {@link #of} makes one of a lambda:
 *
 * <pre>{@code
 * final class TableSink implements EventSink {
 *   public KeyModel keyModel() {
 *     return KeyModel.BYTES; // no directories
 *   }
 *
 *   public void apply(EventBatch batch) throws IOException {
 *     for (MirrorEvent event : batch.events()) {
 *       if (event instanceof MirrorEvent.Put put) {
 *         table.put(put.key(), put.value());
 *       } else if (event instanceof MirrorEvent.Delete) {
 *         table.remove(event.key());
 *       } else if (event instanceof MirrorEvent.DeleteTree) {
 *         table.removeTree(event.key()); // the key, and each that begins with it and a slash
 *       } else if (!(event instanceof MirrorEvent.Refresh)) { // only expiries are prolonged
 *         throw new PermanentException("unknown event " + event);
 *       }
 *     }
 *     table.sync(); // durable when this returns
 *   }
 *
 *   public void close() {}
 * }
 * }</pre>
 */
public interface EventSink extends AutoCloseable {

  /** How long a sink keeps its data. */
  enum DataLife {
    /** Until the process ends. The index of such a sink is kept in memory as well. */
    PROCESS,
    /** Longer than the process: each batch is durable once it was applied. */
    DURABLE
  }

  /** Applies batches, as {@link EventSink#apply} describes it. */
  @FunctionalInterface
  interface BatchConsumer {

    /** Applies a batch. */
    void apply(EventBatch batch) throws IOException, InterruptedException;
  }

  /**
   * Makes a sink of one function. It cannot be read, so a first copy and each resync apply the
   * whole scope again, and no comparison deletes anything.
   *
   * @param keyModel how the function names keys
   * @param life how long the function keeps its data
   */
  static EventSink of(KeyModel keyModel, DataLife life, BatchConsumer function) {
    return new FunctionSink(keyModel, life, function);
  }

  /** Returns how this sink names its keys. A sink of {@link KeyModel#BYTES} gets no directories. */
  KeyModel keyModel();

  /**
   * Whether the data of this sink outlives the process. True by default. If it does not, an index
   * that outlives the process is refused, because the next run would continue from that index with
   * an empty sink.
   */
  default boolean isDurable() {
    return true;
  }

  /**
   * Returns the store that keeps this link's checkpoint with the sink's data, over the same
   * connections and credentials. The mirror calls this once, before it loads the checkpoint and
   * before {@link #open}, unless {@code indexStore(...)} set another store. The mirror closes the
   * store and the sink. Null, the default, if this sink keeps no index.
   *
   * @param link the name of the link
   * @throws IllegalArgumentException if no index can be kept under this name
   */
  default @Nullable IndexStore indexStore(String link) {
    return null;
  }

  /**
   * Tells the sink which mirror it serves. The engine calls this once, after it has loaded the
   * checkpoint, and before anything is applied or read. Before that, the engine calls only {@link
   * #keyModel}, {@link #isDurable}, {@link #ownKeys}, {@link #indexStore}, the index store itself
   * and {@link IdentifiedSink#identity}.
   *
   * <p>The engine applies only events of keys in the context's prefixes. A sink that shares its
   * cluster or file with others must enforce that as well, and refuse to write or delete elsewhere.
   * This method must not connect. Does nothing by default. An overriding sink must refuse a second
   * call.
   *
   * @throws IllegalStateException if the sink was opened before: one sink serves one mirror
   * @throws PermanentException if the sink can never hold what is under one of the prefixes
   */
  default void open(SinkContext context) {}

  /**
   * Returns why this sink can never hold an entry, decided by the entry alone; null if it may.
   * Called for each entry of a source of another {@link KeyModel}, before the batch is applied. If
   * a key is refused with an empty value, the sink cannot name that key, and it never gets deletes
   * of it. Several threads may call this, also while another one applies. Null by default.
   */
  default @Nullable String refusal(MirrorEvent.Entry entry) {
    return null;
  }

  /**
   * Returns the keys in which this sink stores its mirror's checkpoint, besides the {@linkplain
   * OwnKeys keys of mirrors} everywhere. They do not change. The sink cannot hold an entry of the
   * source with such a name. After a cut-over, the link that reads this sink as its source ignores
   * them. None by default.
   */
  default List<Bytes> ownKeys() {
    return List.of();
  }

  /**
   * Reads the id and the index of the cluster that this sink writes to; null if there is none, or
   * if it is not known. The engine needs them to detect a mirror that would read its own writes.
   * Null by default.
   */
  default @Nullable SinkCluster cluster() {
    return null;
  }

  /**
   * Applies a batch. <b>When this returns, the batch is durable</b>; the engine moves its index
   * only then. A batch without events changes nothing; the engine leaves most of them out. A {@link
   * MirrorEvent.DeleteTree} of a source of paths comes to a sink of {@link KeyModel#BYTES} as well:
   * it takes the key away, and each that begins with the key and a slash. Delivery is at least
   * once: the same batch, or a part of it, may come again, also after newer ones, so applying must
   * be idempotent. No key comes twice in one batch, except after a {@link MirrorEvent.DeleteTree}
   * that covers it; a sink may apply events on unrelated keys in any order or at once, but must
   * keep the order of events of which one key is, or lies above, the other.
   *
   * <p><b>A write has three outcomes: done, refused, unknown.</b> An {@link IOException} that is
   * not an {@link OutcomeUnknownException} says that nothing of this batch will take effect later
   * than this call has ended: each write of it was done, refused, or never sent. A write whose
   * answer did not come may take effect later, after newer writes; then this must throw an {@link
   * OutcomeUnknownException} that names everything that such writes touch, all of them together,
   * and must not send the same write again by itself. An {@link AtomicSink} never needs it: its
   * fence refuses what comes late.
   *
   * @throws OutcomeUnknownException if a write may still take effect; what it touched is stored and
   *     compared, and the same batch will be given again
   * @throws IOException if it may work later; the same batch will be given again
   * @throws UnsupportedEntryException if some entries cannot be held as things are; these were not
   *     written, others may have been
   * @throws SinkDriftedException if the sink no longer holds what was applied before; source and
   *     sink are compared then
   * @throws PermanentException if it never will; the mirror stops
   * @throws InterruptedException if the thread was interrupted; the batch counts as not applied
   */
  void apply(EventBatch batch) throws IOException, InterruptedException;

  /**
   * Returns the index of the sink's cluster at or below which the last call of {@link #apply} made
   * its changes; 0, the default, if there is none, or if it is not known. A batch that is one
   * transaction is at this index. Called by the thread that applies, after the call has returned.
   */
  default long appliedAt() {
    return 0;
  }

  /**
   * How long after its endpoint answers again a write of unknown outcome may still take effect; the
   * engine compares what it touched once more after that time. Zero, the default, says that what
   * has not happened by then never happens. If it is more than zero, the engine also marks the
   * checkpoint while it writes, and compares everything once, this long after the start of a run
   * whose predecessor was killed in the middle of a write.
   */
  default Duration lateEffects() {
    return Duration.ZERO;
  }

  /**
   * Whether an endpoint answers again after a write to it was lost, so that it has taken what
   * waited for it. Asked now and then, between two batches: it returns within a second, false if it
   * is not known yet. True by default.
   *
   * @param endpoint as {@link OutcomeUnknownException.Touched#endpoint()} named it; if empty, any
   *     endpoint that a former process may have written to is meant, so all of them
   */
  default boolean answers(String endpoint) throws InterruptedException {
    return true;
  }

  /**
   * Frees what the sink holds; harmless when repeated. A call of {@link #apply} after that throws a
   * {@link ClosedException}, so that it is not taken for a failure that passes, unless there was
   * nothing to free.
   */
  @Override
  void close();
}
