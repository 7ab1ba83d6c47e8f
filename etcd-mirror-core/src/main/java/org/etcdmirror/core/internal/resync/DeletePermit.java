package org.etcdmirror.core.internal.resync;

import java.util.HashMap;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Delete;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;

/**
 * The deletes that were approved beyond the {@link DeleteLimit}.
 *
 * @param deletes so many
 * @param emptySource also if the source holds nothing
 * @param former how many of them outside of the present prefixes, by the former prefix
 */
public record DeletePermit(long deletes, boolean emptySource, Map<Bytes, Long> former) {

  static final DeletePermit NONE = new DeletePermit(0, false, Map.of());

  public DeletePermit {
    former = Map.copyOf(former);
  }

  boolean covers(long wanted, boolean emptied, Map<Bytes, Long> wantedFormer) {
    return wanted <= deletes
        && (emptySource || !emptied)
        && wantedFormer.entrySet().stream()
            .allMatch(one -> one.getValue() <= former.getOrDefault(one.getKey(), 0L));
  }

  /** The rest of the permit after these events are durable. */
  DeletePermit without(EventBatch batch, FormerEntries formerEntries) {
    long left = deletes;
    Map<Bytes, Long> formerLeft = new HashMap<>(former);
    for (MirrorEvent event : batch.events()) {
      if (event instanceof Delete) {
        left--;
        Bytes prefix = formerEntries.unnamedPrefix(event.key());
        if (prefix != null) {
          formerLeft.computeIfPresent(prefix, (key, count) -> Math.max(0, count - 1));
        }
      }
    }
    return new DeletePermit(Math.max(0, left), emptySource, formerLeft);
  }
}
