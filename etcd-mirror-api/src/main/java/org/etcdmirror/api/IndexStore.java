package org.etcdmirror.api;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the checkpoint of one link. The engine calls it from one thread at a time: {@link
 * #load} first, then {@link #save} after each batch that is durable in the sink.
 */
public interface IndexStore extends AutoCloseable {

  /** Where a checkpoint is kept, as seen from the sink's data. */
  enum Place {
    /** In memory: it goes with the process. */
    PROCESS,
    /**
     * With the data, as in the sink's own cluster: whatever takes the data away, or puts an older
     * state of it back, does the same to the checkpoint.
     */
    WITH_DATA,
    /**
     * Anywhere else: it may outlive the data, so that only an {@link IdentifiedSink} goes with it.
     */
    APART
  }

  /**
   * Where the checkpoint is kept. {@link Place#APART} by default, which is the careful answer: the
   * mirror is then refused unless the sink is an {@link IdentifiedSink}.
   */
  default Place place() {
    return Place.APART;
  }

  /**
   * The checkpoint that was saved last, or nothing if there never was one.
   *
   * @throws IOException if it cannot be read now
   * @throws PermanentException if what is stored is not a checkpoint; never answered with "nothing"
   */
  Optional<Checkpoint> load() throws IOException, InterruptedException;

  /**
   * Replaces the checkpoint; durable when this returns. After an {@link IOException} either the old
   * or the new one is stored, and saving again settles it: a save whose answer was lost must not
   * take effect after a later one has returned.
   *
   * @throws SinkRolledBackException if what was saved here last is missing or older, so that the
   *     data beside it may be, too; it is to be loaded again
   * @throws FencedException if another writer changed what was loaded or saved here last
   */
  void save(Checkpoint checkpoint) throws IOException, InterruptedException;

  /**
   * Looks whether what was loaded or saved here last is still stored, at the cost of one request.
   * The engine asks every few seconds while nothing is written, so that a sink that was wiped, put
   * back or taken over is noticed though the source is silent. Does nothing by default.
   *
   * @throws SinkRolledBackException if it is missing or older; it is to be loaded again
   * @throws FencedException if another writer changed it
   * @throws IOException if it cannot be read now
   */
  default void confirm() throws IOException, InterruptedException {}

  /**
   * Whether the change at an index of the cluster in which this store keeps the checkpoint was made
   * by this object. It remembers its newest writes only, so false proves nothing. May be asked by
   * any thread. False by default.
   */
  default boolean hasWritten(long index) {
    return false;
  }

  /**
   * A text that is in each checkpoint that this object writes, and in nothing that other writers
   * write. A mirror that reads it among the data of its source reads what it writes. Null, the
   * default, if there is none.
   */
  default @Nullable String signature() {
    return null;
  }

  /**
   * Frees what the store holds; harmless when repeated. Any other call after that throws a {@link
   * ClosedException}, unless there was nothing to free.
   */
  @Override
  void close();
}
