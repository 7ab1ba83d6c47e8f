package org.etcdmirror.api;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the checkpoint of one link. The engine calls it from one thread at a time: {@link
 * #load} first, then {@link #save} after each batch that is durable in the sink.
 */
public interface IndexStore extends AutoCloseable {

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
   * @throws FencedException if somebody else changed what was loaded or saved here last
   */
  void save(Checkpoint checkpoint) throws IOException, InterruptedException;

  /**
   * Whether the change at an index of the cluster in which this store keeps the checkpoint was made
   * by this object. It remembers its newest writes only, so false proves nothing. May be asked by
   * any thread. False by default.
   */
  default boolean hasWritten(long index) {
    return false;
  }

  /**
   * A text that is in each checkpoint that this object writes, and in nothing that anybody else
   * writes. A mirror that reads it among the data of its source reads what it writes. Null, the
   * default, if there is none.
   */
  default @Nullable String signature() {
    return null;
  }

  /** Frees what the store holds; harmless when repeated. */
  @Override
  void close();
}
