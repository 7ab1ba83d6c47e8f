package org.etcdmirror.v2.internal.watch;

/**
 * The share of the heap for the events of one stream. A single value may be larger than a small
 * heap.
 */
final class HeapShare {

  private static final int LEAST = 1 << 20;
  private static final int MOST = 16 << 20;

  /** Between the socket and the sink there are copies: as text, as bytes, and as a request. */
  private static final int PARTS = 16;

  private HeapShare() {}

  /** In bytes: a sixteenth, from 1 to 16 MiB. */
  static int bytes() {
    return (int) Math.max(LEAST, Math.min(MOST, Runtime.getRuntime().maxMemory() / PARTS));
  }
}
