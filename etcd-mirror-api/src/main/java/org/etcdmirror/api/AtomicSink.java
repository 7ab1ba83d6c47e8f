package org.etcdmirror.api;

import java.io.IOException;

/**
 * A sink that is also the index store, and commits a batch and the checkpoint after it as one.
 * Every write is fenced: it happens only if the checkpoint is still the one that was loaded or
 * saved here last, or still missing if it was missing then.
 *
 * <p><b>Nothing that was sent before wins after what is sent later.</b> A write whose answer was
 * lost may be executed at any later time, so the sink moves its fence before it writes anything
 * else: it stores the same checkpoint again, and a late write then fails its comparison. It does
 * the same before its first write after a {@link #load}, so that what another mirror, or a killed
 * process, has sent is refused from then on. A superseded mirror is told at its next write, also in
 * the middle of a resync.
 *
 * <p>Two things remain for the engine. Late writes may land until the fence is moved: so it saves a
 * checkpoint, if need be the same one, before it reads the sink for a comparison. And a checkpoint
 * of a killed process may land between {@link #load} and the first write: so a run begins by saving
 * what it loaded, and loads again if that is refused.
 *
 * <p>Every write, and {@link #confirm}, throws a {@link SinkRolledBackException} where the
 * checkpoint is missing or older than the one that was stored here last, or the sink's own index is
 * lower than it was: then the data is older as well. The engine loads again.
 *
 * <p>A write of unknown outcome is therefore an ordinary {@link IOException} here, and the engine
 * keeps no suspects of such a sink.
 */
public interface AtomicSink extends ReadableSink, IndexStore {

  /**
   * This sink, which keeps the checkpoint of this link from then on.
   *
   * @throws IllegalStateException if another link was named before
   */
  @Override
  default IndexStore indexStore(String link) {
    return this;
  }

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
   * Stores the checkpoint and moves the fence. It writes also where the checkpoint is the one that
   * is stored already.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   */
  @Override
  void save(Checkpoint checkpoint) throws IOException, InterruptedException;

  /**
   * Applies a batch as a part of something larger, and leaves the content of the checkpoint as it
   * is. May take several transactions, and have them in flight at the same time.
   *
   * <p>After an {@link IOException} or an {@link InterruptedException} any part of the batch may be
   * applied, but none of it is once a later write has returned.
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
   * <p>After an {@link IOException} the batch either is applied with its checkpoint or is not, and
   * that may change until the next write returns; applying it again settles it.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   * @throws BatchTooLargeException if it turns out that the batch cannot go as one, and it has
   *     events of several indexes
   */
  void apply(EventBatch batch, Checkpoint checkpoint) throws IOException, InterruptedException;
}
