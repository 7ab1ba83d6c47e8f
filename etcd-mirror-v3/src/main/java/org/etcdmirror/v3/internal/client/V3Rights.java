package org.etcdmirror.v3.internal.client;

import com.google.protobuf.ByteString;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * Names the rights that a request needs, for the message of a denial: etcd does not say which of
 * them is missing. For one thread.
 */
final class V3Rights {

  private enum Right {
    READ,
    WRITE
  }

  /** So many keys and ranges are named. */
  private static final int NAMED = 3;

  private final Map<KeyRange, Set<Right>> needed = new LinkedHashMap<>();

  private V3Rights() {}

  /** The end of a sentence; empty if the request is about no key. */
  static String of(Object request) {
    V3Rights rights = new V3Rights();
    if (request instanceof RangeRequest range) {
      rights.add(Right.READ, range.getKey(), range.getRangeEnd());
    } else if (request instanceof TxnRequest txn) {
      rights.add(txn);
    } else if (request instanceof KeyRange watched && !watched.from().isEmpty()) {
      rights.add(Right.READ, watched.from(), watched.end());
    }
    return rights.describe();
  }

  private void add(TxnRequest txn) {
    for (Compare compare : txn.getCompareList()) {
      add(Right.READ, compare.getKey(), compare.getRangeEnd());
    }
    txn.getSuccessList().forEach(this::add);
    txn.getFailureList().forEach(this::add);
  }

  private void add(RequestOp op) {
    switch (op.getRequestCase()) {
      case REQUEST_RANGE -> {
        RangeRequest range = op.getRequestRange();
        add(Right.READ, range.getKey(), range.getRangeEnd());
      }
      case REQUEST_PUT -> {
        PutRequest put = op.getRequestPut();
        add(Right.WRITE, put.getKey(), ByteString.EMPTY);
      }
      case REQUEST_DELETE_RANGE -> {
        DeleteRangeRequest delete = op.getRequestDeleteRange();
        add(Right.WRITE, delete.getKey(), delete.getRangeEnd());
      }
      case REQUEST_TXN -> add(op.getRequestTxn());
      case REQUEST_NOT_SET -> {
        // An empty operation needs no right.
      }
    }
  }

  private void add(Right right, ByteString from, ByteString end) {
    needed.computeIfAbsent(new KeyRange(from, end), key -> EnumSet.noneOf(Right.class)).add(right);
  }

  private String describe() {
    if (needed.isEmpty()) {
      return "";
    }
    StringJoiner named = new StringJoiner(", ", " needs ", "; see 'etcdctl role grant-permission'");
    needed.entrySet().stream()
        .limit(NAMED)
        .forEach(one -> named.add(right(one.getValue()) + " on " + one.getKey().describe()));
    if (needed.size() > NAMED) {
      named.add("and rights on %d more keys".formatted(needed.size() - NAMED));
    }
    return named.toString();
  }

  private static String right(Set<Right> rights) {
    return rights.size() > 1
        ? "readwrite"
        : rights.iterator().next().name().toLowerCase(Locale.ROOT);
  }
}
