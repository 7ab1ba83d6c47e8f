package org.etcdmirror.simulation.model;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.DeleteRangeRequest;
import org.etcdmirror.v3.rpc.DeleteRangeResponse;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.PutResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/** The keys of a v3 cluster with all their revisions, as etcd 3.4 and 3.5 keep them. */
public final class V3Store {

  private static final int MOST_OPERATIONS = 128;
  private static final ByteString TO_THE_END = ByteString.copyFrom(new byte[1]);

  /** One revision: its events, and what the keys are after it. */
  record Revision(List<Event> events, NavigableMap<ByteString, KeyValue> keys) {}

  private final List<Revision> revisions = new ArrayList<>();
  private long compacted;

  V3Store() {
    // Revision 0 never was; an empty store is at 1.
    revisions.add(new Revision(List.of(), empty()));
    revisions.add(new Revision(List.of(), empty()));
  }

  private static NavigableMap<ByteString, KeyValue> empty() {
    return new TreeMap<>(ByteString.unsignedLexicographicalComparator());
  }

  /** The newest revision. */
  public long revision() {
    return revisions.size() - 1L;
  }

  /** The revision through which history is gone; 0 for none. */
  public long compacted() {
    return compacted;
  }

  /** Forgets what was before a revision. */
  public void compact(long revision) {
    compacted = Math.max(compacted, Math.min(revision, revision()));
  }

  List<Event> events(long revision) {
    return revisions.get((int) revision).events();
  }

  /** The keys that a revision put or deleted. */
  public Set<String> changed(long revision) {
    Set<String> found = new TreeSet<>();
    events(revision).forEach(event -> found.add(event.getKv().getKey().toStringUtf8()));
    return found;
  }

  /** The keys as they were at a revision, also at one that is compacted. */
  public NavigableMap<ByteString, KeyValue> keys(long revision) {
    return Collections.unmodifiableNavigableMap(revisions.get((int) revision).keys());
  }

  /** A store that holds what this one held at a revision, as a restored backup does. */
  V3Store restored(long revision) {
    V3Store copy = new V3Store();
    copy.revisions.clear();
    copy.revisions.addAll(revisions.subList(0, (int) revision + 1));
    copy.compacted = Math.min(compacted, revision);
    return copy;
  }

  /** Whether a range, as requests give it, covers a key. */
  static boolean covers(ByteString from, ByteString end, ByteString key) {
    if (end.isEmpty()) {
      return key.equals(from);
    }
    var order = ByteString.unsignedLexicographicalComparator();
    return order.compare(key, from) >= 0 && (end.equals(TO_THE_END) || order.compare(key, end) < 0);
  }

  private static List<KeyValue> inRange(
      NavigableMap<ByteString, KeyValue> keys, ByteString from, ByteString end) {
    return keys.tailMap(from, true).values().stream()
        .filter(found -> covers(from, end, found.getKey()))
        .toList();
  }

  RangeResponse range(RangeRequest request) {
    long at = request.getRevision() <= 0 ? revision() : request.getRevision();
    refuseGone(at);
    return range(request, revisions.get((int) at).keys());
  }

  private void refuseGone(long at) {
    if (at > revision()) {
      throw Status.OUT_OF_RANGE
          .withDescription("etcdserver: mvcc: required revision is a future revision")
          .asRuntimeException();
    }
    if (at < compacted) {
      throw Status.OUT_OF_RANGE
          .withDescription("etcdserver: mvcc: required revision has been compacted")
          .asRuntimeException();
    }
  }

  private static RangeResponse range(
      RangeRequest request, NavigableMap<ByteString, KeyValue> keys) {
    List<KeyValue> all = inRange(keys, request.getKey(), request.getRangeEnd());
    RangeResponse.Builder answer = RangeResponse.newBuilder().setCount(all.size());
    if (request.getCountOnly()) {
      return answer.build();
    }
    List<KeyValue> wanted =
        all.stream()
            .filter(found -> found.getModRevision() >= request.getMinModRevision())
            .toList();
    int limit =
        request.getLimit() > 0 ? (int) Math.min(request.getLimit(), wanted.size()) : wanted.size();
    for (KeyValue found : wanted.subList(0, limit)) {
      answer.addKvs(request.getKeysOnly() ? found.toBuilder().clearValue() : found.toBuilder());
    }
    return answer.setMore(limit < wanted.size()).build();
  }

  /** What one transaction does before it is a revision. */
  private static final class Change {
    final NavigableMap<ByteString, KeyValue> keys;
    final List<Event> events = new ArrayList<>();
    final long revision;

    Change(NavigableMap<ByteString, KeyValue> keys, long revision) {
      this.keys = keys;
      this.revision = revision;
    }
  }

  TxnResponse txn(TxnRequest request) {
    refuseTooMany(request);
    refuseTwice(request.getSuccessList(), new HashSet<>());
    NavigableMap<ByteString, KeyValue> next = empty();
    next.putAll(revisions.get((int) revision()).keys());
    Change change = new Change(next, revision() + 1);
    TxnResponse answer = txn(request, change);
    if (!change.events.isEmpty()) {
      revisions.add(new Revision(List.copyOf(change.events), change.keys));
    }
    return answer;
  }

  private static void refuseTooMany(TxnRequest request) {
    int most =
        Math.max(
            request.getCompareCount(),
            Math.max(request.getSuccessCount(), request.getFailureCount()));
    if (most > MOST_OPERATIONS) {
      throw Status.INVALID_ARGUMENT
          .withDescription("etcdserver: too many operations in txn request")
          .asRuntimeException();
    }
    for (RequestOp op : request.getSuccessList()) {
      if (op.hasRequestTxn()) {
        refuseTooMany(op.getRequestTxn());
      }
    }
  }

  private static void refuseTwice(List<RequestOp> ops, Set<ByteString> put) {
    for (RequestOp op : ops) {
      if (op.hasRequestTxn()) {
        refuseTwice(op.getRequestTxn().getSuccessList(), put);
      } else if (op.hasRequestPut() && !put.add(op.getRequestPut().getKey())) {
        throw Status.INVALID_ARGUMENT
            .withDescription("etcdserver: duplicate key given in txn request")
            .asRuntimeException();
      }
    }
  }

  private TxnResponse txn(TxnRequest request, Change change) {
    boolean holds =
        request.getCompareList().stream().allMatch(compare -> holds(compare, change.keys));
    TxnResponse.Builder answer = TxnResponse.newBuilder().setSucceeded(holds);
    for (RequestOp op : holds ? request.getSuccessList() : request.getFailureList()) {
      ResponseOp.Builder one = ResponseOp.newBuilder();
      switch (op.getRequestCase()) {
        case REQUEST_RANGE -> {
          RangeRequest range = op.getRequestRange();
          if (range.getRevision() > 0) {
            refuseGone(range.getRevision());
          }
          one.setResponseRange(
              range.getRevision() > 0
                  ? range(range, revisions.get((int) range.getRevision()).keys())
                  : range(range, change.keys));
        }
        case REQUEST_PUT -> one.setResponsePut(put(op.getRequestPut(), change));
        case REQUEST_DELETE_RANGE ->
            one.setResponseDeleteRange(delete(op.getRequestDeleteRange(), change));
        case REQUEST_TXN -> one.setResponseTxn(txn(op.getRequestTxn(), change));
        case REQUEST_NOT_SET ->
            throw Status.INVALID_ARGUMENT.withDescription("no operation").asRuntimeException();
      }
      answer.addResponses(one);
    }
    return answer.build();
  }

  private static PutResponse put(PutRequest request, Change change) {
    KeyValue before = change.keys.get(request.getKey());
    if (before == null && (request.getIgnoreValue() || request.getIgnoreLease())) {
      throw Status.INVALID_ARGUMENT
          .withDescription("etcdserver: key not found")
          .asRuntimeException();
    }
    KeyValue.Builder next =
        KeyValue.newBuilder()
            .setKey(request.getKey())
            .setValue(
                request.getIgnoreValue() && before != null ? before.getValue() : request.getValue())
            .setLease(
                request.getIgnoreLease() && before != null ? before.getLease() : request.getLease())
            .setModRevision(change.revision)
            .setCreateRevision(before == null ? change.revision : before.getCreateRevision())
            .setVersion(before == null ? 1 : before.getVersion() + 1);
    change.keys.put(request.getKey(), next.build());
    change.events.add(Event.newBuilder().setType(Event.EventType.PUT).setKv(next).build());
    return PutResponse.getDefaultInstance();
  }

  private static DeleteRangeResponse delete(DeleteRangeRequest request, Change change) {
    List<KeyValue> found = inRange(change.keys, request.getKey(), request.getRangeEnd());
    for (KeyValue one : found) {
      change.keys.remove(one.getKey());
      change.events.add(
          Event.newBuilder()
              .setType(Event.EventType.DELETE)
              .setKv(KeyValue.newBuilder().setKey(one.getKey()).setModRevision(change.revision))
              .build());
    }
    return DeleteRangeResponse.newBuilder().setDeleted(found.size()).build();
  }

  private static boolean holds(Compare compare, NavigableMap<ByteString, KeyValue> keys) {
    if (compare.getRangeEnd().isEmpty()) {
      return holds(compare, keys.getOrDefault(compare.getKey(), KeyValue.getDefaultInstance()));
    }
    return inRange(keys, compare.getKey(), compare.getRangeEnd()).stream()
        .allMatch(found -> holds(compare, found));
  }

  private static boolean holds(Compare compare, KeyValue found) {
    boolean isMissing = found.getCreateRevision() == 0;
    if (isMissing && compare.getTarget() == Compare.CompareTarget.VALUE) {
      // A missing key has no value, so no comparison with one holds.
      return false;
    }
    int order =
        switch (compare.getTarget()) {
          case VERSION -> Long.compare(found.getVersion(), compare.getVersion());
          case CREATE -> Long.compare(found.getCreateRevision(), compare.getCreateRevision());
          case MOD -> Long.compare(found.getModRevision(), compare.getModRevision());
          case LEASE -> Long.compare(found.getLease(), compare.getLease());
          case VALUE ->
              ByteString.unsignedLexicographicalComparator()
                  .compare(found.getValue(), compare.getValue());
          case UNRECOGNIZED -> throw new IllegalArgumentException(compare.toString());
        };
    return switch (compare.getResult()) {
      case EQUAL -> order == 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
      case NOT_EQUAL -> order != 0;
      case UNRECOGNIZED -> throw new IllegalArgumentException(compare.toString());
    };
  }
}
