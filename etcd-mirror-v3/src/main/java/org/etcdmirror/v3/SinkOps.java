package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * What a batch does to the keys: operations none of which touches a key of another, so that their
 * order does not matter. The range of a tree is cut around the keys that are put into it later, and
 * around those of the mirror itself.
 */
final class SinkOps {

  private static final Bytes ROOT = Bytes.utf8("/");

  private final NavigableMap<Bytes, MirrorEvent> last = new TreeMap<>();
  private final List<Bytes> trees = new ArrayList<>();
  private final Bytes checkpointKey;

  private SinkOps(Bytes checkpointKey) {
    this.checkpointKey = checkpointKey;
  }

  static List<RequestOp> of(EventBatch batch, Bytes checkpointKey, SinkLeases leases)
      throws IOException, InterruptedException {
    SinkOps ops = new SinkOps(checkpointKey);
    batch.events().forEach(ops::take);
    return ops.list(leases);
  }

  private void take(MirrorEvent event) {
    if (event instanceof MirrorEvent.DeleteTree tree) {
      last.remove(tree.key());
      last.subMap(below(tree.key()), end(tree.key())).clear();
      trees.add(tree.key());
    } else if (event instanceof MirrorEvent.Put || event instanceof MirrorEvent.Delete) {
      last.put(event.key(), event);
    }
  }

  private static Bytes below(Bytes tree) {
    return tree.equals(ROOT) ? ROOT : tree.plus(ROOT);
  }

  private static Bytes end(Bytes tree) {
    return tree.equals(ROOT) ? Bytes.utf8("0") : tree.plus(Bytes.utf8("0"));
  }

  private List<RequestOp> list(SinkLeases leases) throws IOException, InterruptedException {
    List<RequestOp> ops = new ArrayList<>();
    for (Bytes tree : trees) {
      if (!last.containsKey(tree)) {
        ops.add(delete(tree, Bytes.EMPTY));
      }
      cut(tree, ops);
    }
    for (MirrorEvent event : last.values()) {
      ops.add(
          event instanceof MirrorEvent.Put put
              ? put(put.key(), SinkKeys.wire(put.value()), leases.of(put))
              : delete(event.key(), Bytes.EMPTY));
    }
    return ops;
  }

  private void cut(Bytes tree, List<RequestOp> ops) {
    Bytes end = end(tree);
    NavigableMap<Bytes, Bytes> holes = new TreeMap<>();
    last.subMap(below(tree), end).keySet().forEach(key -> holes.put(key, SinkKeys.after(key)));
    holes.put(checkpointKey, SinkKeys.after(checkpointKey));
    holes.put(SinkKeys.OWN, SinkKeys.OWN_END);
    Bytes from = below(tree);
    for (Map.Entry<Bytes, Bytes> hole : holes.entrySet()) {
      if (hole.getValue().compareTo(from) <= 0 || hole.getKey().compareTo(end) >= 0) {
        continue;
      }
      if (from.compareTo(hole.getKey()) < 0) {
        ops.add(delete(from, hole.getKey()));
      }
      from = hole.getValue();
    }
    if (from.compareTo(end) < 0) {
      ops.add(delete(from, end));
    }
  }

  static RequestOp put(Bytes key, ByteString value, long lease) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder().setKey(SinkKeys.wire(key)).setValue(value).setLease(lease))
        .build();
  }

  private static RequestOp delete(Bytes key, Bytes end) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(
            DeleteRangeRequest.newBuilder()
                .setKey(SinkKeys.wire(key))
                .setRangeEnd(SinkKeys.wire(end)))
        .build();
  }
}
