package org.etcdmirror.v3.internal.sink;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.Lease;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * Converts a batch to operations, none of which touches a key of another, so that their order does
 * not matter; and the leases that they need. The range of a tree is cut around the keys that are
 * put into it later, and around what the mirror may not touch.
 */
public final class SinkOps {

  private final SinkBounds bounds;
  private final SinkLeaseIds ids;
  private final NavigableMap<Bytes, MirrorEvent> last = new TreeMap<>();
  private final Set<Bytes> trees = new LinkedHashSet<>();
  private final List<RequestOp> ops = new ArrayList<>();
  private final Map<Long, SinkLease> leases = new LinkedHashMap<>();
  private final Map<Lease, Set<Bytes>> refreshed = new LinkedHashMap<>();

  private SinkOps(SinkBounds bounds, SinkLeaseIds ids) {
    this.bounds = bounds;
    this.ids = ids;
  }

  public static SinkOps of(EventBatch batch, SinkBounds bounds, SinkLeaseIds ids) {
    SinkOps ops = new SinkOps(bounds, ids);
    batch.events().forEach(ops::take);
    ops.trees.forEach(ops::delete);
    ops.last.values().forEach(ops::add);
    return ops;
  }

  public List<RequestOp> list() {
    return ops;
  }

  /** The leases that must exist before the operations. */
  public Collection<SinkLease> leases() {
    return leases.values();
  }

  /** The source's leases to keep alive, with keys that must be on them before the operations. */
  public Map<Lease, Set<Bytes>> refreshed() {
    return refreshed;
  }

  private void take(MirrorEvent event) {
    Bytes key = event.key();
    if (event instanceof MirrorEvent.DeleteTree) {
      last.remove(key);
      last.subMap(SinkBounds.below(key), SinkBounds.endOf(key)).clear();
      trees.add(key);
    } else if (event instanceof MirrorEvent.MakeDirectory) {
      throw new PermanentException("etcd v3 has no directories: '" + key + "'");
    } else if (bounds.isOwn(key)) {
      refuseOwn(event);
    } else {
      bounds.require(event);
      if (event instanceof MirrorEvent.Refresh refresh) {
        refresh(refresh);
      } else {
        last.put(key, event);
      }
    }
  }

  /** A put is not passed over in silence; of anything else there is nothing to do. */
  private static void refuseOwn(MirrorEvent event) {
    if (event instanceof MirrorEvent.Put put) {
      throw new PermanentException(
          "write refused: '%s' is reserved for the indexes of mirrors".formatted(put.key()));
    }
  }

  /** What is gone by now stays gone. */
  private void refresh(MirrorEvent.Refresh refresh) {
    MirrorEvent known = last.get(refresh.key());
    if (known instanceof MirrorEvent.Put put) {
      last.put(put.key(), put.withExpiry(refresh.expiresAt(), refresh.lease()));
    } else if (!(known instanceof MirrorEvent.Delete) && !isInDeletedTree(refresh.key())) {
      last.put(refresh.key(), refresh);
    }
  }

  private boolean isInDeletedTree(Bytes key) {
    return trees.stream().anyMatch(tree -> KeyModel.PATHS.covers(tree, key));
  }

  private void delete(Bytes tree) {
    List<Bytes> spared = new ArrayList<>();
    if (last.get(tree) instanceof MirrorEvent.Put) {
      spared.add(tree);
    }
    last.subMap(SinkBounds.below(tree), SinkBounds.endOf(tree))
        .forEach((key, event) -> {
          if (event instanceof MirrorEvent.Put) {
            spared.add(key);
          }
        });
    for (SinkBounds.Span span : bounds.tree(tree, spared)) {
      ops.add(SinkOp.delete(span));
    }
  }

  private void add(MirrorEvent event) {
    if (event instanceof MirrorEvent.Put put) {
      ByteString value = Wire.wire(put.value());
      ops.add(SinkOp.put(put.key(), value, lease(put)));
    } else if (event instanceof MirrorEvent.Refresh refresh && refresh.lease() != null) {
      refreshed.computeIfAbsent(refresh.lease(), lease -> new LinkedHashSet<>()).add(refresh.key());
    } else if (event instanceof MirrorEvent.Refresh refresh) {
      long lease = own(refresh.key(), refresh.index(), refresh.expiresAt());
      ops.add(SinkOp.moveToLease(refresh.key(), lease));
    } else {
      ops.add(SinkOp.delete(event.key()));
    }
  }

  /** The number of the lease that a key goes on; 0 for none. */
  private long lease(MirrorEvent.Put put) {
    Expiry expiresAt = put.expiresAt();
    Lease source = put.lease();
    if (source != null) {
      return need(new SinkLease(ids.shadow(source), source.ttl().toSeconds(), true));
    }
    return expiresAt == null ? 0 : own(put.key(), put.index(), expiresAt);
  }

  private long own(Bytes key, long index, Expiry expiresAt) {
    // A little late: as long as the mirror runs, the key goes by the source's own event.
    long seconds = expiresAt.left().plusMillis(999).toSeconds() + 1;
    return need(new SinkLease(ids.own(key, index, expiresAt), seconds, false));
  }

  private long need(SinkLease lease) {
    leases.put(lease.id(), lease);
    return lease.id();
  }
}
