package org.etcdmirror.customsink;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;

/**
 * The pools of a conftool in the memory of this process. Give it to a mirror as its sink: both it
 * and its index are as durable as the process.
 *
 * <p>{@link #pools()} may be called by any thread, at any time, and shows each batch as a whole or
 * not at all. A first copy takes many batches; {@link org.etcdmirror.core.EtcdMirror#await} waits
 * until it is over.
 */
public final class PoolView implements ReadableSink {

  private volatile Pools pools;

  /** An empty view of the hosts whose keys are below {@code root}, such as conftool's. */
  public PoolView(String root) {
    pools = Pools.none(root);
  }

  /** The current pools. */
  public Pools pools() {
    return pools;
  }

  /** The view ends with the process. */
  @Override
  public boolean isDurable() {
    return false;
  }

  /** Directories do not describe hosts. */
  @Override
  public KeyModel keyModel() {
    return KeyModel.BYTES;
  }

  @Override
  public void apply(EventBatch batch) {
    pools = pools.after(batch);
  }

  @Override
  public Snapshot snapshot(Selection selection) {
    return pools.snapshot(selection);
  }

  @Override
  public void close() {}
}
