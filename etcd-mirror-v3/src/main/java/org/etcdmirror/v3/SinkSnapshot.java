package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.LeaseTimeToLiveRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.jspecify.annotations.Nullable;

/** Pages of one revision, each asked for while the one before it is used. */
final class SinkSnapshot implements Snapshot {

  private static final int FIRST_PAGE = 64;
  private static final int PAGE_BYTES = 2 * 1024 * 1024;
  private static final int MOST_KEYS = 10_000;

  private final V3Client client;
  private final Bytes checkpointKey;
  private final boolean expiries;
  private final Deque<Bytes> prefixes;
  private final SourceHead head;
  private final Deque<KeyValue> page = new ArrayDeque<>();
  private ByteString end = ByteString.EMPTY;
  private @Nullable CompletableFuture<RangeResponse> ahead;

  SinkSnapshot(V3Client client, Selection selection, Bytes checkpointKey)
      throws IOException, InterruptedException {
    this.client = client;
    this.checkpointKey = checkpointKey;
    this.expiries = selection.expiries();
    this.prefixes = new ArrayDeque<>(selection.prefixes());
    RangeRequest request =
        RangeRequest.newBuilder().setKey(SinkKeys.wire(checkpointKey)).setCountOnly(true).build();
    var header = client.call(KVGrpc.getRangeMethod(), request).getHeader();
    this.head =
        new SourceHead(HexFormat.of().toHexDigits(header.getClusterId()), header.getRevision());
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
      if (found != null) {
        Bytes key = SinkKeys.bytes(found.getKey());
        if (!key.startsWith(SinkKeys.OWN) && !key.equals(checkpointKey)) {
          return entry(key, found);
        }
      } else if (!nextPage()) {
        return null;
      }
    }
  }

  private MirrorEvent.Entry entry(Bytes key, KeyValue found)
      throws IOException, InterruptedException {
    Instant expiresAt = null;
    if (expiries && found.getLease() != 0) {
      LeaseTimeToLiveRequest request =
          LeaseTimeToLiveRequest.newBuilder().setID(found.getLease()).build();
      long left = client.call(LeaseGrpc.getLeaseTimeToLiveMethod(), request).getTTL();
      expiresAt = Instant.now().plus(Duration.ofSeconds(Math.max(0, left)));
    }
    Bytes value = SinkKeys.bytes(found.getValue());
    return new MirrorEvent.Put(key, value, found.getModRevision(), expiresAt);
  }

  private boolean nextPage() throws IOException, InterruptedException {
    if (ahead == null) {
      return false;
    }
    RangeResponse answer = SinkWriter.await(ahead);
    ahead = null;
    page.addAll(answer.getKvsList());
    if (answer.getMore() && answer.getKvsCount() > 0) {
      Bytes last = SinkKeys.bytes(answer.getKvs(answer.getKvsCount() - 1).getKey());
      int each = Math.max(1, answer.getSerializedSize() / answer.getKvsCount());
      int limit = Math.min(MOST_KEYS, Math.max(1, PAGE_BYTES / each));
      request(SinkKeys.wire(SinkKeys.after(last)), limit);
    } else {
      nextPrefix();
    }
    return true;
  }

  private void nextPrefix() {
    Bytes prefix = prefixes.poll();
    if (prefix != null) {
      end = SinkKeys.end(prefix);
      request(SinkKeys.start(prefix), FIRST_PAGE);
    }
  }

  private void request(ByteString from, int limit) {
    ahead =
        client.send(
            KVGrpc.getRangeMethod(),
            RangeRequest.newBuilder()
                .setKey(from)
                .setRangeEnd(end)
                .setLimit(limit)
                .setRevision(head.index())
                .build());
  }

  @Override
  public void close() {
    if (ahead != null) {
      ahead.cancel(true);
    }
  }
}
