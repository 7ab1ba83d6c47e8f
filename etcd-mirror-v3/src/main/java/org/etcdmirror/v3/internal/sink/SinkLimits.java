package org.etcdmirror.v3.internal.sink;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.internal.client.V3PermanentException;

/**
 * The limits of one transaction: those configured, or less once the servers refused that. Written
 * by the engine's thread, read by any.
 */
public final class SinkLimits {

  /** etcd's own, where no {@code --max-request-bytes} is set. */
  public static final long DEFAULT_REQUEST_BYTES = 3L * 512 * 1024;

  /** For the request's own fields and etcd's envelope around it. */
  private static final int MARGIN = 1024;

  /** For the checkpoint as well. */
  private static final int RESERVE = 8 * 1024;

  /**
   * The size up to which batches are merged. A larger revision is still committed as one, if it
   * fits. Measured by V3SinkBenchmark on a busy machine of two cores, median: 1 operation 6 ms, 128
   * in 10 ms, 512 in 15 ms, 2,048 (222 KiB) in 29 ms, which is 71,000 a second. 4,096 (444 KiB) and
   * 1 MiB took half a second and more, and delayed the writes of all others. So more would cost
   * latency and gain nothing.
   */
  private static final long MERGED = 256 * 1024;

  private volatile int ops;
  private volatile long bytes;

  public SinkLimits(int maxTxnOps, long maxRequestBytes) {
    this.ops = maxTxnOps;
    this.bytes = maxRequestBytes;
  }

  /** The width of all levels of a transaction together. */
  int ops() {
    return ops;
  }

  /** The rest for operations besides something of this size. */
  long room(long other) {
    return Math.max(1, bytes - MARGIN - other);
  }

  /** The largest batch, by {@link EventBatch#bytes()}, that fits into one transaction. */
  public long maxAtomicBytes() {
    // An event is 64 bytes at least, and one in a deleted tree takes two operations.
    long byOperations = SinkNesting.capacity(ops - 1) / 2 * 64L;
    return Math.max(64, Math.min(MERGED, Math.min(bytes - RESERVE, byOperations)));
  }

  /**
   * Takes a refusal for what it says of the servers.
   *
   * @return whether it is worth trying again with less
   */
  boolean lowered(PermanentException refusal) {
    if (refusal instanceof SinkTooLargeException tooLarge) {
      bytes = Math.min(bytes, tooLarge.bytes()) / 2;
      return true;
    }
    if (refusal instanceof V3PermanentException error && error.tooManyOperations() && ops > 2) {
      ops = Math.max(2, ops / 2);
      return true;
    }
    return false;
  }
}
