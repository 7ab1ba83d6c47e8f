package org.etcdmirror.core.internal.resync;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import org.etcdmirror.api.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Remembers at which index each key of the source was read. Keys and indexes both ascend. As an
 * event at or below what the stream has brought never comes again, chunks that were read at or
 * below that are one: so as many are remembered as the stream is behind.
 */
final class ChunkBounds {

  /** The result of {@link #readAt} for a key that was not read yet. */
  static final long NOT_READ = Long.MAX_VALUE;

  /** The last key of a chunk, null if it has no end, and the index at which it was read. */
  private record Chunk(@Nullable Bytes last, long index) {}

  private final Comparator<Bytes> order;
  private final Deque<Chunk> chunks = new ArrayDeque<>();

  /** In this order of the source's keys. */
  ChunkBounds(Comparator<Bytes> order) {
    this.order = order;
  }

  /** Records that all keys after the last chunk, up to this key, were read at an index. */
  void read(Bytes last, long index) {
    chunks.addLast(new Chunk(last, index));
  }

  /** Records that all keys after the last chunk were read at an index. */
  void readToTheEnd(long index) {
    chunks.addLast(new Chunk(null, index));
  }

  /** The stream has brought everything through this index. */
  void streamed(long index) {
    while (chunks.size() > 1) {
      Chunk first = chunks.removeFirst();
      if (chunks.getFirst().index() > index) {
        chunks.addFirst(first);
        return;
      }
    }
  }

  /** The number of remembered chunks. */
  int size() {
    return chunks.size();
  }

  /** The index at which the key was read, or {@link #NOT_READ}. */
  long readAt(Bytes key) {
    for (Chunk chunk : chunks) {
      if (chunk.last() == null || order.compare(key, chunk.last()) <= 0) {
        return chunk.index();
      }
    }
    return NOT_READ;
  }
}
