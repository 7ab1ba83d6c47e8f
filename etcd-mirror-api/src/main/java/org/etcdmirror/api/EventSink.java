package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.internal.FunctionSink;
import org.jspecify.annotations.Nullable;

/**
 * Takes events. A sink is made, {@linkplain #open opened} once, and closed. The engine calls {@link
 * #apply} from one thread at a time.
 *
 * <p>The engine never writes or deletes a key that is {@linkplain OwnKeys the mirrors' own} or one
 * of {@link #ownKeys}. A tree delete may cover such keys; the sink leaves them where they are.
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

  /** How long what was applied to a sink stays. */
  enum DataLife {
    /** As long as the process. The index of such a sink is kept in memory as well. */
    PROCESS,
    /** Longer than the process: each batch is durable when it was applied. */
    DURABLE
  }

  /** Applies batches, as {@link EventSink#apply} describes it. */
  @FunctionalInterface
  interface BatchConsumer {

    /** Applies a batch. */
    void apply(EventBatch batch) throws IOException, InterruptedException;
  }

  /**
   * A sink of one function, which has nothing to close. It cannot be read, so a first copy and each
   * resync apply the whole scope again, and nothing is deleted by comparison.
   *
   * @param keyModel how the function wants its keys named
   * @param life how long what it keeps stays
   */
  static EventSink of(KeyModel keyModel, DataLife life, BatchConsumer function) {
    return new FunctionSink(keyModel, life, function);
  }

  /** How this sink names its keys. A sink of {@link KeyModel#BYTES} gets no directories. */
  KeyModel keyModel();

  /**
   * Whether what was applied outlives the process. True by default. A sink that does not is refused
   * with an index that does: the next run would go on from that index with an empty sink.
   */
  default boolean isDurable() {
    return true;
  }

  /**
   * The store that keeps this link's checkpoint with the sink's data, by the same connections and
   * credentials. The mirror asks once, before it loads the checkpoint and before {@link #open},
   * unless it was given a store by {@code indexStore(...)}. It closes the store and the sink. Null,
   * the default, if this sink keeps no index.
   *
   * @param link the name of the link
   * @throws IllegalArgumentException if no index can be kept under this name
   */
  default @Nullable IndexStore indexStore(String link) {
    return null;
  }

  /**
   * Begins the life of a sink under a mirror. The engine calls this once, after it has loaded the
   * checkpoint, and before anything is applied or read. Before it, the engine calls nothing but
   * {@link #keyModel}, {@link #isDurable}, {@link #ownKeys}, {@link #indexStore}, the index store
   * itself and {@link IdentifiedSink#identity}.
   *
   * <p>The engine applies only events of keys in the context's prefixes. A sink that shares its
   * cluster or file with others enforces that as well: it refuses to write or delete elsewhere.
   * This method connects to nothing. Does nothing by default. A sink that overrides it refuses a
   * second call.
   *
   * @throws IllegalStateException if the sink was opened before: one sink serves one mirror
   * @throws PermanentException if the sink can never hold what is under one of the prefixes
   */
  default void open(SinkContext context) {}

  /**
   * Why this sink can never hold the entry, told from the entry alone; null if it may. Asked for
   * each entry of a source of another {@link KeyModel}, before the batch is applied. A key of which
   * an empty value is refused is taken for one that the sink cannot name, and deletes of it never
   * come here. May be asked by several threads, and while another one applies. Null by default.
   */
  default @Nullable String refusal(MirrorEvent.Entry entry) {
    return null;
  }

  /**
   * Keys in which this sink keeps what its mirror remembers, besides those that are {@linkplain
   * OwnKeys the mirrors' own} everywhere. They do not change. An entry of the source that would
   * have such a name in the sink cannot be held, and after a cut-over the link that reads this sink
   * as its source takes them for no data. None by default.
   */
  default List<Bytes> ownKeys() {
    return List.of();
  }

  /**
   * The cluster that is written to; null if there is none, or if this sink cannot tell. It tells
   * whether a mirror would feed itself. Null by default.
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
