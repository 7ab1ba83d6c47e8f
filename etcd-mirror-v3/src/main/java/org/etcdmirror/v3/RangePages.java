package org.etcdmirror.v3;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * Ranges at one revision, in pages of bounded size, each asked for while the one before is used. A
 * page that a member fails to give is asked of the others. For one thread.
 */
final class RangePages implements AutoCloseable {

  private static final int MOST_KEYS = 4096;
  private static final int FIRST_KEYS = 256;
  private static final int PAGE_BYTES = 2 << 20;

  private final V3Client client;
  private final ArrayDeque<KeyRange> ranges;
  private final boolean keysOnly;
  private final ResponseHeader header;
  private final long revision;
  private int keys = FIRST_KEYS;
  private RangeRequest request;
  private @Nullable CompletableFuture<RangeResponse> next;

  /**
   * Reads the first page.
   *
   * @param revision 0 for the newest
   */
  RangePages(V3Client client, List<KeyRange> ranges, long revision, boolean keysOnly)
      throws IOException, InterruptedException {
    this.client = client;
    this.ranges = new ArrayDeque<>(ranges);
    this.keysOnly = keysOnly;
    this.request = request(this.ranges.element(), revision);
    RangeResponse first = client.read(KVGrpc.getRangeMethod(), request);
    this.header = first.getHeader();
    this.revision = revision == 0 ? header.getRevision() : revision;
    this.next = CompletableFuture.completedFuture(first);
  }

  /** Of the first page: which cluster it is of, and the newest revision at that time. */
  ResponseHeader header() {
    return header;
  }

  /**
   * The next page, in the order of the ranges and of the keys in each; it may be empty. Null after
   * the last one.
   *
   * @throws IOException if the rest can't be read now; if it was compacted, it never can
   */
  @Nullable List<KeyValue> next() throws IOException, InterruptedException {
    CompletableFuture<RangeResponse> asked = next;
    if (asked == null) {
      return null;
    }
    RangeResponse page = await(asked);
    if (page.getHeader().getClusterId() != header.getClusterId()) {
      throw new IOException("another cluster has taken the place of the one that is being read");
    }
    ask(page);
    return page.getKvsList();
  }

  private RangeResponse await(CompletableFuture<RangeResponse> asked)
      throws IOException, InterruptedException {
    try {
      return V3Client.await(asked);
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      return client.read(KVGrpc.getRangeMethod(), request);
    }
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
    if (following == null) {
      next = null;
    } else {
      request = request(following, revision);
      next = client.send(KVGrpc.getRangeMethod(), request);
    }
  }

  private RangeRequest request(KeyRange range, long at) {
    return RangeRequest.newBuilder()
        .setKey(range.from())
        .setRangeEnd(range.end())
        .setLimit(keys)
        .setRevision(at)
        .setKeysOnly(keysOnly)
        .build();
  }

  @Override
  public void close() {
    CompletableFuture<RangeResponse> asked = next;
    if (asked != null) {
      asked.cancel(true);
    }
    next = null;
  }
}
