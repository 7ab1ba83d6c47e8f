package org.etcdmirror.core.internal.resync;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.api.MirrorEvent.Put;

/**
 * Values whose place in the sink a directory holds, which must be emptied first. Holds at least one
 * value, and no more than a bounded number of bytes; the others are left to the next pass.
 */
final class HeldValues {

  private static final long MOST_BYTES = 4L << 20;

  private final Map<Bytes, Put> values = new LinkedHashMap<>();
  private long bytes;
  private boolean full;

  void hold(Put put) {
    long size = ResyncBatch.size(put);
    if (values.isEmpty() || bytes + size <= MOST_BYTES) {
      values.put(put.key(), put);
      bytes += size;
    } else {
      full = true;
    }
  }

  /** Whether every value found its place here. */
  boolean areAllHeld() {
    return !full;
  }

  Collection<Put> values() {
    return values.values();
  }

  /**
   * This happened to the source, in the order of the stream.
   *
   * @return whether a held value took it in, so that it is not to be written now
   */
  boolean takesIn(MirrorEvent event) {
    Put held = values.get(event.key());
    if (held == null) {
      return false;
    }
    if (event instanceof Put put) {
      values.put(put.key(), put);
      bytes += ResyncBatch.size(put) - ResyncBatch.size(held);
    } else if (event instanceof Delete) {
      values.remove(event.key());
      bytes -= ResyncBatch.size(held);
    }
    return true;
  }
}
