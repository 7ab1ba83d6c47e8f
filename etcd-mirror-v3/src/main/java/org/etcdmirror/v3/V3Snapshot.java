package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.jspecify.annotations.Nullable;

/** Pages at one revision, each asked for while the one before is used. */
final class V3Snapshot implements Snapshot {

  private static final int MOST_KEYS = 4096;
  private static final int FIRST_KEYS = 256;
  private static final int PAGE_BYTES = 2 << 20;

  private final V3Client client;
  private final ArrayDeque<KeyRange> ranges = new ArrayDeque<>();
  private final SourceHead head;
  private int keys = FIRST_KEYS;
  private Iterator<KeyValue> page;
  private @Nullable CompletableFuture<RangeResponse> next;

  V3Snapshot(V3Client client, Selection selection) throws IOException, InterruptedException {
    this.client = client;
    for (Bytes prefix : selection.prefixes()) {
      ranges.add(KeyRange.of(prefix));
    }
    RangeResponse first = client.read(KVGrpc.getRangeMethod(), request(ranges.element(), 0));
    this.head = V3Source.headOf(first.getHeader());
    this.page = first.getKvsList().iterator();
    ask(first);
  }

  @Override
  public SourceHead head() {
    return head;
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    while (!page.hasNext()) {
      CompletableFuture<RangeResponse> asked = next;
      if (asked == null) {
        return null;
      }
      RangeResponse answer = await(asked);
      page = answer.getKvsList().iterator();
      ask(answer);
    }
    return V3Puts.of(page.next());
  }

  /** Asks for what follows a page, with as many keys as this one says are about the right size. */
  private void ask(RangeResponse last) {
    int count = last.getKvsCount();
    KeyRange range = ranges.remove();
    if (last.getMore() && count > 0) {
      long perKey = Math.max(1, last.getSerializedSize() / count);
      keys = (int) Math.max(1, Math.min(MOST_KEYS, PAGE_BYTES / perKey));
      ByteString after = KeyRange.after(last.getKvs(count - 1).getKey());
      ranges.addFirst(new KeyRange(after, range.end()));
    }
    KeyRange following = ranges.peek();
    next =
        following == null
            ? null
            : client.send(KVGrpc.getRangeMethod(), request(following, head.index()));
  }

  private RangeRequest request(KeyRange range, long revision) {
    return RangeRequest.newBuilder()
        .setKey(range.from())
        .setRangeEnd(range.end())
        .setLimit(keys)
        .setRevision(revision)
        .build();
  }

  private static RangeResponse await(CompletableFuture<RangeResponse> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PermanentException permanent) {
        throw permanent;
      }
      throw new IOException("the snapshot broke off: " + e.getCause(), e);
    }
  }

  @Override
  public void close() {
    CompletableFuture<RangeResponse> asked = next;
    if (asked != null) {
      asked.cancel(true);
    }
  }
}
