package org.etcdmirror.api;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes events. A constructed sink is ready for use. The engine calls {@link #apply} from one
 * thread at a time.
 *
 * <p>The engine never writes or deletes a key that is {@linkplain OwnKeys#DEFAULT the mirrors' own}
 * or one of {@link #ownKeys}. A tree delete may cover such keys; the sink leaves them where they
 * are.
 */
public interface EventSink extends AutoCloseable {

  /** How this sink names its keys. A sink of {@link KeyModel#BYTES} gets no directories. */
  KeyModel keyModel();

  /**
   * Called once, before anything is applied: how the source names its keys. A sink of {@link
   * KeyModel#PATHS} under a source of {@link KeyModel#BYTES} is told of no directories, so that it
   * must make and remove them itself and shows none in its snapshot, and must refuse a put where
   * one key would be both a value and a parent of others: the put below a value, and the put of a
   * value where others are below. Does nothing by default.
   */
  default void sourceKeyModel(KeyModel model) {}

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
   * OwnKeys#DEFAULT the mirrors' own} everywhere. They do not change. An entry of the source that
   * would have such a name in the sink cannot be held, and after a cut-over the link that reads
   * this sink as its source takes them for no data. None by default.
   */
  default List<Bytes> ownKeys() {
    return List.of();
  }

  /**
   * The identity of the cluster that is written to, spelled as a source of the same kind spells its
   * own; null if there is none. It tells whether a mirror would feed itself. Null by default.
   */
  default @Nullable String clusterId() throws IOException, InterruptedException {
    return null;
  }

  /**
   * The mirror owned these prefixes before its scope was changed, and is about to delete what is
   * left there. From now on they are the mirror's to read and to delete, besides those that the
   * sink was made with. Does nothing by default.
   */
  default void alsoOwns(List<Bytes> prefixes) {}

  /**
   * Applies a batch. <b>When this returns, the batch is durable</b>; the engine moves its index
   * only then. Delivery is at least once: the same batch, or a part of it, may come again, also
   * after newer ones, so applying must be idempotent. No key comes twice in one batch, except after
   * a {@link MirrorEvent.DeleteTree} that covers it; a sink may apply events on unrelated keys in
   * any order or at once, but must keep the order of events of which one key is, or lies above, the
   * other.
   *
   * @throws IOException if it may work later; the same batch will be given again
   * @throws UnsupportedEntryException if some entries cannot be held as things are; these were not
   *     written, others may have been
   * @throws SinkDriftedException if the sink no longer holds what was applied before; source and
   *     sink are compared then
   * @throws PermanentException if it never will; the mirror stops
   * @throws InterruptedException if the thread was interrupted; the batch counts as not applied
   */
  void apply(EventBatch batch) throws IOException, InterruptedException;

  /** Frees what the sink holds; harmless when repeated. */
  @Override
  void close();
}
