package org.etcdmirror.file.internal.log;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.file.internal.format.Change;
import org.etcdmirror.file.internal.format.Commit;
import org.etcdmirror.file.internal.format.Decoder;

/**
 * Changes that took effect together.
 *
 * @param number its number; the groups of a dump are numbered from 1 without a hole
 * @param attempt the random number of the attempt that wrote it
 * @param payloads the payloads of its frames of changes
 * @param commit its end
 */
public record Group(long number, long attempt, List<byte[]> payloads, Commit commit) {

  /** The changes, in order. */
  public List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    for (byte[] payload : payloads) {
      for (Decoder in = new Decoder(payload); in.hasMore(); ) {
        changes.add(Change.decode(in));
      }
    }
    return changes;
  }
}
