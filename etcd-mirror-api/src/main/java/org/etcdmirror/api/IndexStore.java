package org.etcdmirror.api;

import java.io.IOException;
import java.util.Optional;

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
   * Frees what the store holds; harmless when repeated. Any other call after that throws a {@link
   * ClosedException}, unless there was nothing to free.
   */
  @Override
  void close();
}
