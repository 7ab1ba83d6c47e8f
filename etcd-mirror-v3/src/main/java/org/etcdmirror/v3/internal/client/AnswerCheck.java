package org.etcdmirror.v3.internal.client;

import com.google.protobuf.ByteString;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrantResponse;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveResponse;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.ResponseOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.jspecify.annotations.Nullable;

/**
 * Whether an answer can be the one of an etcd to a request. What is left out of a page, or shown
 * where it does not belong, would else be taken for what the cluster holds.
 */
public final class AnswerCheck {

  /** The longest that etcd grants, in seconds. */
  private static final long LONGEST_TTL = 9_000_000_000L;

  private AnswerCheck() {}

  /** The flaw of an answer; null if it is valid. */
  public static @Nullable String flaw(Object request, Object answer) {
    if (request instanceof RangeRequest asked && answer instanceof RangeResponse page) {
      long revision = page.getHeader().getRevision();
      return Revisions.isPossible(revision)
          ? flaw(asked, page, revision)
          : "its header revision is " + revision + ", which is impossible";
    }
    if (request instanceof TxnRequest asked && answer instanceof TxnResponse done) {
      return flaw(asked, done);
    }
    if (request instanceof LeaseTimeToLiveRequest asked
        && answer instanceof LeaseTimeToLiveResponse told) {
      return flaw(asked, told);
    }
    if (request instanceof LeaseGrantRequest asked
        && answer instanceof LeaseGrantResponse granted) {
      return granted.getID() == asked.getID()
          ? flaw(granted.getID(), granted.getTTL(), 1)
          : otherLease(asked.getID(), granted.getID());
    }
    return null;
  }

  private static @Nullable String flaw(RangeRequest asked, RangeResponse page, long revision) {
    long newest = asked.getRevision() == 0 ? revision : asked.getRevision();
    if (revision < newest) {
      return "its header revision is %d, but revision %d was requested".formatted(revision, newest);
    }
    KeyRange range = new KeyRange(asked.getKey(), asked.getRangeEnd());
    ByteString last = ByteString.EMPTY;
    for (KeyValue kv : page.getKvsList()) {
      String flaw = flaw(kv, range, last, newest);
      if (flaw != null) {
        return flaw;
      }
      last = kv.getKey();
    }
    return flawOfCount(asked, page);
  }

  private static @Nullable String flaw(KeyValue kv, KeyRange range, ByteString last, long newest) {
    boolean single = range.end().isEmpty();
    if (single ? !kv.getKey().equals(range.from()) : !range.contains(kv.getKey())) {
      return "it returned key '%s', which was not requested".formatted(Wire.bytes(kv.getKey()));
    }
    if (!last.isEmpty() && Wire.compare(last, kv.getKey()) >= 0) {
      return "it returned key '%s' after '%s'".formatted(Wire.bytes(kv.getKey()), Wire.bytes(last));
    }
    return flaw(kv, newest);
  }

  /** The flaw of a key of a cluster at a revision. */
  public static @Nullable String flaw(KeyValue kv, long newest) {
    long changed = kv.getModRevision();
    if (changed <= 0 || changed > newest) {
      return "key '%s' has the impossible mod revision %d (newest revision %d)"
          .formatted(Wire.bytes(kv.getKey()), changed, newest);
    }
    if (kv.getCreateRevision() > changed) {
      return "key '%s' has create revision %d above its mod revision %d"
          .formatted(Wire.bytes(kv.getKey()), kv.getCreateRevision(), changed);
    }
    return null;
  }

  /** The count is that of the whole range, whatever the limit. */
  private static @Nullable String flawOfCount(RangeRequest asked, RangeResponse page) {
    int shown = page.getKvsCount();
    long count = page.getCount();
    boolean all = !asked.getCountOnly() && asked.getMinModRevision() == 0;
    if (count < shown || (all && !page.getMore() && count != shown)) {
      return "it returned %d keys of %d, but says that there are no more".formatted(shown, count);
    }
    if (asked.getLimit() > 0 && shown > asked.getLimit()) {
      return "it returned %d keys, but the limit was %d".formatted(shown, asked.getLimit());
    }
    return page.getMore() && shown == 0 ? "it returned no key, but says that there are more" : null;
  }

  private static @Nullable String flaw(TxnRequest asked, TxnResponse done) {
    long revision = done.getHeader().getRevision();
    if (!Revisions.isPossible(revision)) {
      return "its header revision is " + revision + ", which is impossible";
    }
    var ops = done.getSucceeded() ? asked.getSuccessList() : asked.getFailureList();
    if (ops.size() != done.getResponsesCount()) {
      return "it answered %d of %d operations".formatted(done.getResponsesCount(), ops.size());
    }
    for (int i = 0; i < ops.size(); i++) {
      RequestOp op = ops.get(i);
      ResponseOp answer = done.getResponses(i);
      if (op.hasRequestRange()) {
        String flaw =
            answer.hasResponseRange()
                ? flaw(op.getRequestRange(), answer.getResponseRange(), revision)
                : "it did not answer a read with a read";
        if (flaw != null) {
          return flaw;
        }
      }
    }
    return null;
  }

  private static @Nullable String flaw(LeaseTimeToLiveRequest asked, LeaseTimeToLiveResponse told) {
    if (told.getID() != asked.getID()) {
      return otherLease(asked.getID(), told.getID());
    }
    if (told.getGrantedTTL() < 0 || told.getGrantedTTL() > LONGEST_TTL) {
      return "it granted lease %x for %d seconds".formatted(told.getID(), told.getGrantedTTL());
    }
    // -1 for a lease that is gone; one that has ended and is not removed yet may have less.
    return flaw(told.getID(), told.getTTL(), told.getGrantedTTL() == 0 ? -1 : -LONGEST_TTL);
  }

  private static String otherLease(long asked, long told) {
    return "it answered for lease %2$x instead of %1$x".formatted(asked, told);
  }

  /** The flaw of a lease with so many seconds left; null if it is valid. */
  public static @Nullable String flaw(long id, long seconds, long least) {
    if (id == 0) {
      return "it returned a lease with id 0";
    }
    return seconds < least || seconds > LONGEST_TTL
        ? "it returned an impossible time to live: lease %x, %d seconds".formatted(id, seconds)
        : null;
  }
}
