package org.etcdmirror.core.internal.flow;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.internal.keys.KeyMapper;
import org.jspecify.annotations.Nullable;

/**
 * Finds values that come again and again, each time after they were written, and each time with the
 * same bytes more behind the target prefix: {@code /a/k}, {@code /a/a/k}, {@code /a/a/a/k}. That is
 * what a mirror reads that is told of its own writes by something that puts a prefix before keys.
 * Remembers a bounded number of writes. Used by the applier's thread alone.
 */
final class GrowingNames {

  /** So many times in a row are no accident. */
  static final int MOST_TIMES = 16;

  private static final int REMEMBERED = 8192;

  /** Only names below this size are remembered, so that memory is bounded. */
  private static final int LONGEST = 4096;

  /** The end of a name that does not change once it has grown. */
  private static final int TAIL = 24;

  /** Identifies a write: the end of its name, and its value. */
  private record Trace(int tail, int value, int size) {}

  /**
   * A write.
   *
   * @param added how many bytes the name is longer than that of the write before; 0 for the first
   * @param times how often it has grown so
   */
  private record Written(Bytes key, int added, int times, long batch) {}

  private final List<Bytes> prefixes;
  private final KeyMapper mapper;
  private long batch;

  private final Map<Trace, Written> writes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Trace, Written> eldest) {
          return size() > REMEMBERED;
        }
      };

  GrowingNames(KeyMapper mapper) {
    this.mapper = mapper;
    this.prefixes = mapper.targetPrefixes();
  }

  /**
   * Takes note of a batch that is about to be written.
   *
   * @return the key that has grown too often; null if there is none
   */
  @Nullable Bytes grown(EventBatch events) {
    batch++;
    for (MirrorEvent event : events.events()) {
      if (event instanceof Put put && put.key().size() <= LONGEST && grown(put) >= MOST_TIMES) {
        return put.key();
      }
    }
    return null;
  }

  private int grown(Put put) {
    int rule = mapper.targetRule(put.key());
    if (rule < 0) {
      return 0;
    }
    int prefix = Math.min(prefixes.get(rule).size(), put.key().size());
    Trace trace = trace(put, prefix);
    Written before = writes.remove(trace);
    int added = before == null ? 0 : added(before, put.key(), prefix);
    int times = added == 0 ? 0 : before != null && before.added() == added ? before.times() + 1 : 1;
    writes.put(trace, new Written(put.key(), added, times, batch));
    return times;
  }

  private static Trace trace(Put put, int prefix) {
    Bytes key = put.key();
    return new Trace(
        key.from(Math.max(prefix, key.size() - TAIL)).hashCode(),
        put.value().hashCode(),
        put.value().size());
  }

  /** The number of bytes that were inserted after the prefix; 0 if it is another name. */
  private int added(Written before, Bytes key, int prefix) {
    Bytes old = before.key();
    int added = key.size() - old.size();
    boolean same =
        before.batch() < batch
            && added > 0
            && old.size() >= prefix
            && key.from(prefix + added).equals(old.from(prefix));
    // Once it has grown, it grows by the same bytes.
    boolean again =
        before.times() == 0
            || (before.added() == added
                && key.from(prefix).startsWith(first(old.from(prefix), added)));
    return same && again ? added : 0;
  }

  private static Bytes first(Bytes bytes, int size) {
    return Bytes.of(Arrays.copyOf(bytes.toByteArray(), Math.min(size, bytes.size())));
  }
}
