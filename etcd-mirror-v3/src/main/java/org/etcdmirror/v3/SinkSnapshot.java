package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.jspecify.annotations.Nullable;

/** Pages of one revision, each asked for while the one before it is used. */
final class SinkSnapshot implements Snapshot {

  private static final int FIRST_PAGE = 64;
  private static final int PAGE_BYTES = 2 * 1024 * 1024;
  private static final int MOST_KEYS = 10_000;

  private final V3Client client;
  private final SinkBounds bounds;
  private final @Nullable SinkExpiries expiries;
  private final Deque<Bytes> prefixes;
  private final SourceHead head;
  private final Deque<KeyValue> page = new ArrayDeque<>();
  private ByteString end = ByteString.EMPTY;
  private @Nullable RangeRequest asked;
  private @Nullable CompletableFuture<RangeResponse> ahead;

  /**
   * A snapshot of what is there now.
   *
   * @param expiries null if nobody cares for them
   */
  SinkSnapshot(
      V3Client client,
      Selection selection,
      Bytes checkpointKey,
      SinkBounds bounds,
      @Nullable SinkExpiries expiries)
      throws IOException, InterruptedException {
    this.client = client;
    this.bounds = bounds;
    this.expiries = expiries;
    this.prefixes = new ArrayDeque<>(selection.prefixes());
    RangeRequest request =
        RangeRequest.newBuilder().setKey(SinkKeys.wire(checkpointKey)).setCountOnly(true).build();
    this.head = V3Source.headOf(client.read(KVGrpc.getRangeMethod(), request).getHeader());
    nextPrefix();
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    while (true) {
      KeyValue found = page.poll();
      if (found == null) {
        if (!nextPage()) {
          return null;
        }
      } else {
        MirrorEvent.Entry entry = entry(SinkKeys.bytes(found.getKey()), found);
        if (entry != null) {
          return entry;
        }
      }
    }
  }

  private MirrorEvent.@Nullable Entry entry(Bytes key, KeyValue found) {
    if (bounds.isOwn(key)) {
      return null;
    }
    Bytes value = SinkKeys.bytes(found.getValue());
    if (expiries == null || found.getLease() == 0) {
      return new MirrorEvent.Put(key, value, found.getModRevision(), null);
    }
    SinkExpiries.Expiry expiry = expiries.of(found.getLease());
    // A lease that has ended since has taken the key with it: shown, it would pass for a good copy.
    return expiry == null
        ? null
        : new MirrorEvent.Put(key, value, found.getModRevision(), expiry.at(), expiry.lease());
  }

  private boolean nextPage() throws IOException, InterruptedException {
    CompletableFuture<RangeResponse> coming = ahead;
    RangeRequest request = asked;
    if (coming == null || request == null) {
      return false;
    }
    RangeResponse answer = await(coming, request);
    ahead = null;
    page.addAll(answer.getKvsList());
    if (answer.getMore() && answer.getKvsCount() > 0) {
      ByteString last = answer.getKvs(answer.getKvsCount() - 1).getKey();
      int each = Math.max(1, answer.getSerializedSize() / answer.getKvsCount());
      int limit = Math.min(MOST_KEYS, Math.max(1, PAGE_BYTES / each));
      request(KeyRange.after(last), limit);
    } else {
      nextPrefix();
    }
    if (expiries != null) {
      expiries.learn(page);
    }
    return true;
  }

  private RangeResponse await(CompletableFuture<RangeResponse> coming, RangeRequest request)
      throws IOException, InterruptedException {
    try {
      return SinkCalls.await(coming);
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      return client.read(KVGrpc.getRangeMethod(), request);
    }
  }

  private void nextPrefix() {
    Bytes prefix = prefixes.poll();
    if (prefix != null) {
      KeyRange range = KeyRange.of(prefix);
      end = range.end();
      request(range.from(), FIRST_PAGE);
    }
  }

  private void request(ByteString from, int limit) {
    RangeRequest request =
        RangeRequest.newBuilder()
            .setKey(from)
            .setRangeEnd(end)
            .setLimit(limit)
            .setRevision(head.index())
            .build();
    asked = request;
    ahead = client.send(KVGrpc.getRangeMethod(), request);
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.cancel(true);
    }
  }
}
