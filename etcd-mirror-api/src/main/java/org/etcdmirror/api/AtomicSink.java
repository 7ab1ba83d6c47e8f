package org.etcdmirror.api;

import java.io.IOException;

/**
 * A sink that is also the index store, and commits a batch and its checkpoint in one transaction.
 * Every write is fenced: it takes effect only if the checkpoint is still the one that was loaded or
 * saved here last, or still missing if it was missing then.
 *
 * <p><b>No write takes effect after a write that was sent later.</b> A write whose answer was lost
 * may be executed at any later time. So the sink moves its fence before it writes anything else: it
 * stores the same checkpoint again, and a late write then fails its comparison. It does the same
 * before its first write after a {@link #load}. From then on the writes of another mirror or a
 * killed process are refused. A superseded mirror learns that at its next write, also in the middle
 * of a resync.
 *
 * <p>The engine adds two rules. Late writes may take effect until the fence is moved, so the engine
 * saves a checkpoint, if need be the same one, before it reads the sink for a comparison. A
 * checkpoint of a killed process may arrive between {@link #load} and the first write, so a run
 * first saves the checkpoint that it loaded, and loads again if that is refused.
 *
 * <p>Every write, and {@link #confirm}, throws a {@link SinkRolledBackException} if the checkpoint
 * is missing or older than the one that was stored here last, or if the sink's own index is lower
 * than before. Then the data is older as well, and the engine loads again.
 *
 * <p>A write of unknown outcome is therefore an ordinary {@link IOException} here, and the engine
 * keeps no suspects of such a sink.
 */
public interface AtomicSink extends ReadableSink, IndexStore {

  /**
   * Returns this sink, which stores the checkpoint of this link from then on.
   *
   * @throws IllegalStateException if another link was named before
   */
  @Override
  default IndexStore indexStore(String link) {
    return this;
  }

  /**
   * Returns the largest batch, by {@link EventBatch#bytes()}, that one transaction commits. The
   * engine respects it, except for the events of a single index, which it never splits. Express
   * other limits of a commit, such as a number of operations, by this bound: an event counts for at
   * least 64 bytes.
   *
   * <p>It may become lower at any time, because a sink learns the limits of its servers. So the
   * engine calls this before each batch.
   */
  long maxAtomicBytes();

  /**
   * Stores the checkpoint and moves the fence. Writes even if the same checkpoint is stored
   * already.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   */
  @Override
  void save(Checkpoint checkpoint) throws IOException, InterruptedException;

  /**
   * Applies a batch that is a part of a larger operation, and does not change the content of the
   * checkpoint. May use several transactions at the same time.
   *
   * <p>After an {@link IOException} or an {@link InterruptedException} any part of the batch may be
   * applied, but nothing of it is applied after a later write has returned.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   */
  @Override
  void apply(EventBatch batch) throws IOException, InterruptedException;

  /**
   * Applies a batch and saves the checkpoint, both or neither. A batch above {@link
   * #maxAtomicBytes()} is applied in parts, in order. The checkpoint keeps its index until the last
   * part, and {@link Checkpoint#applying()} says that the batch is partly applied.
   *
   * <p>After an {@link IOException} the batch is applied with its checkpoint, or neither is. That
   * may change until the next write returns. Applying it again settles it.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   * @throws BatchTooLargeException if one transaction cannot carry the batch, and it has events of
   *     several indexes
   */
  void apply(EventBatch batch, Checkpoint checkpoint) throws IOException, InterruptedException;
}
