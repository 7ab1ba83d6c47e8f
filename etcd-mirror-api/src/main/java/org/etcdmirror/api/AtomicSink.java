package org.etcdmirror.api;

import java.io.IOException;

/**
 * A sink that is also the index store, and commits a batch and the checkpoint after it as one.
 * Every write is fenced: it happens only if the checkpoint is still the one that was loaded or
 * saved here last, or still missing if it was missing then.
 */
public interface AtomicSink extends ReadableSink, IndexStore {

  /**
   * The largest batch, by {@link EventBatch#bytes()}, that is committed as one. The engine keeps to
   * it, but for the events of a single index, which it never splits. Whatever else limits a commit,
   * such as a number of operations, is to be expressed by this bound; an event counts for 64 bytes
   * at least.
   *
   * <p>May become lower at any time, as a sink learns what its servers take. So the engine asks
   * before each batch.
   */
  long maxAtomicBytes();

  /**
   * Applies a batch as a part of something larger, and leaves the checkpoint as it is. May take
   * several transactions, and have them in flight at the same time.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   */
  @Override
  void apply(EventBatch batch) throws IOException, InterruptedException;

  /**
   * Applies a batch and saves the checkpoint, both or neither. A batch above {@link
   * #maxAtomicBytes()} is applied in parts, in order; the checkpoint keeps its index until the last
   * one and tells by {@link Checkpoint#applying()} that the sink is in between.
   *
   * <p>After an {@link IOException} the batch either is applied with its checkpoint or is not;
   * applying it again settles it.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   * @throws BatchTooLargeException if it turns out that the batch cannot go as one, and it has
   *     events of several indexes
   */
  void apply(EventBatch batch, Checkpoint checkpoint) throws IOException, InterruptedException;
}
