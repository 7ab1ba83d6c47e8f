package org.etcdmirror.core.internal.diff;

import java.util.HashSet;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.core.internal.checkpoint.ExpiringKeys;
import org.etcdmirror.core.internal.checkpoint.NewestPuts;
import org.etcdmirror.core.internal.keys.KeyMapper;

/**
 * Collects facts about the source besides its entries during a walk, and applies events to them.
 * Used by one thread.
 */
public final class Found {

  private final NewestPuts newest;
  private final RenamedEntries renamed;
  private final Set<Integer> expiring = new HashSet<>();
  private long newestPut;

  Found(KeyMapper mapper) {
    this.newest = new NewestPuts(mapper);
    this.renamed = new RenamedEntries(mapper);
  }

  /** The newest puts; whole only after the walk. */
  public NewestPuts newest() {
    return newest;
  }

  /** The selection holds, or held, a put of this index, whether the sink gets it or not. */
  public void put(long index) {
    newestPut = Math.max(newestPut, index);
  }

  /** The index of the newest put of the selection, or an index after it. */
  public long newestPut() {
    return newestPut;
  }

  /** The entries still to be visited where a transform renames keys. */
  public RenamedEntries renamed() {
    return renamed;
  }

  /** The hashes of what has a time to live, as {@link ExpiringKeys} knows them. */
  public Set<Integer> expiring() {
    return expiring;
  }

  /** The sink's key has a time to live, as far as there is room to remember that. */
  void expires(Bytes key) {
    if (expiring.size() < ExpiringKeys.MOST) {
      expiring.add(ExpiringKeys.hash(key));
    }
  }

  /** This happened to the source, by its name in the sink; in the order of the stream. */
  public void happened(MirrorEvent event) {
    newest.happened(event);
    if (event instanceof Put put && put.expiresAt() == null) {
      // Where expiries are not mirrored it may have one; then a person is asked once more.
      expiring.remove(ExpiringKeys.hash(put.key()));
    } else if (event instanceof Put put) {
      expires(put.key());
    }
  }
}
