package org.etcdmirror.api;

import java.io.IOException;

/** A sink that is also the index store, and commits a batch and the checkpoint after it as one. */
public interface AtomicSink extends ReadableSink, IndexStore {

  /**
   * Applies a batch and saves the checkpoint, both or neither.
   *
   * @throws FencedException if another mirror moved the checkpoint since it was loaded or saved
   *     here
   */
  void apply(EventBatch batch, Checkpoint checkpoint) throws IOException, InterruptedException;
}
