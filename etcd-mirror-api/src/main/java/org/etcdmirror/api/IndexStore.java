package org.etcdmirror.api;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores the checkpoint of one link. The engine calls it from one thread at a time: {@link #load}
 * first, then {@link #save} after each batch that is durable in the sink.
 */
public interface IndexStore extends AutoCloseable {

  /** Where a checkpoint is kept, as seen from the sink's data. */
  enum Place {
    /** In memory: it is lost when the process ends. */
    PROCESS,
    /**
     * With the data, for example in the sink's own cluster. If the data is wiped or restored, so is
     * the checkpoint.
     */
    WITH_DATA,
    /** Anywhere else. It may outlive the data, so it needs an {@link IdentifiedSink}. */
    APART
  }

  /**
   * Returns where the checkpoint is kept. The default {@link Place#APART} is the safe answer: the
   * mirror is then refused unless the sink is an {@link IdentifiedSink}.
   */
  default Place place() {
    return Place.APART;
  }

  /**
   * Loads the checkpoint that was saved last; empty if there never was one.
   *
   * @throws IOException if it cannot be read now
   * @throws PermanentException if the stored value is not a checkpoint; such a value is never
   *     reported as empty
   */
  Optional<Checkpoint> load() throws IOException, InterruptedException;

  /**
   * Replaces the checkpoint. It is durable when this returns. After an {@link IOException} either
   * the old or the new one is stored, and saving again settles it. A save whose answer was lost
   * must not take effect after a later save has returned.
   *
   * @throws SinkRolledBackException if the checkpoint that was saved here last is missing or older.
   *     The data beside it may be, too. The engine loads again
   * @throws FencedException if another writer changed the checkpoint that was loaded or saved here
   *     last
   */
  void save(Checkpoint checkpoint) throws IOException, InterruptedException;

  /**
   * Checks with one request whether the checkpoint that was loaded or saved here last is still
   * stored. The engine calls this every few seconds while nothing is written. So it notices a sink
   * that was wiped, restored or taken over even while the source is silent. Does nothing by
   * default.
   *
   * @throws SinkRolledBackException if it is missing or older. The engine loads again
   * @throws FencedException if another writer changed it
   * @throws IOException if it cannot be read now
   */
  default void confirm() throws IOException, InterruptedException {}

  /**
   * How long the engine is to wait at least until the next {@link #confirm}, as of now. A store
   * that shares its servers with many others has their mirrors take turns by it. Zero by default:
   * the engine's own interval holds. Must not block.
   */
  default Duration confirmPause() {
    return Duration.ZERO;
  }

  /**
   * Whether this object made the change at an index of the cluster in which it stores the
   * checkpoint. It remembers only its newest writes, so false proves nothing. Any thread may call
   * this. False by default.
   */
  default boolean hasWritten(long index) {
    return false;
  }

  /**
   * Returns a text that each checkpoint of this object contains, and that no other writer writes.
   * If a mirror reads this text in the data of its source, it reads its own writes. Null, the
   * default, if there is none.
   */
  default @Nullable String signature() {
    return null;
  }

  /**
   * Closes the store. Harmless when repeated. Every other call after that throws a {@link
   * ClosedException}, unless there was nothing to close.
   */
  @Override
  void close();
}
