package org.etcdmirror.pairings;

import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.ResyncReport;

/** Closes its mirror on the mirror's own thread when it is called for the n-th time. */
final class ClosingListener implements MirrorListener {

  private final CompletableFuture<EtcdMirror> mirror = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private int calls;

  /**
   * A listener.
   *
   * @param calls at which call it closes; never if 0
   */
  ClosingListener(int calls) {
    this.calls = calls;
  }

  void closes(EtcdMirror built) {
    mirror.complete(built);
  }

  boolean hasClosed() {
    return closed.isDone();
  }

  private synchronized boolean isTheOne() {
    return calls > 0 && --calls == 0;
  }

  private void called() {
    if (isTheOne()) {
      mirror.join().close();
      closed.complete(null);
    }
  }

  @Override
  public void onState(MirrorState before, MirrorState after) {
    called();
  }

  @Override
  public void onBatch(EventBatch batch) {
    called();
  }

  @Override
  public void onResync(ResyncReport report) {
    called();
  }
}
