package org.etcdmirror.simulation.life;

import org.etcdmirror.simulation.model.V3Store;

/** What must be true after each write of a mirror to a v3 sink. */
interface WriteCheck {

  /**
   * Checks the newest revision.
   *
   * @param sink what the sink holds
   * @param stored the checkpoint in it
   */
  void afterWrite(V3Store sink, StoredCheckpoint stored);
}
