package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * Shows that the cluster was not restarted while the watches of one stream take turns: an idle
 * watch, which a restart ends. A cluster may be back in an older state after a restart, and the
 * mirror looks for that only when it connects anew.
 */
final class Continuity implements AutoCloseable {

  private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

  private final WatchCall idle;

  /**
   * Asks for the watch.
   *
   * @param readable where the user may read
   */
  Continuity(V3Client client, KeyRange readable) throws IOException {
    // Hardly a key of anybody, so that nothing comes.
    this.idle = WatchCall.start(client, KeyRange.single(KeyRange.after(readable.from())), 0);
  }

  /** Waits until the server has the watch; false if it refuses, or does not answer in time. */
  boolean hasBegun() throws InterruptedException {
    try {
      WatchResponse created = idle.take(PATIENCE);
      return created != null && created.getCreated() && !created.getCanceled();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Called before what another watch delivered counts.
   *
   * @throws IOException if the connection was lost since the beginning
   */
  void check() throws IOException, InterruptedException {
    while (idle.take(0) != null) {}
  }

  @Override
  public void close() {
    idle.close();
  }
}
