package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * Ranges at one revision, in pages of bounded size, each asked for while the one before is used. A
 * page that a member fails to give is asked of the others. What follows the first page is streamed
 * where the server can. For one thread.
 */
public final class RangePages implements Pages {

  private static final int MOST_KEYS = 4096;
  private static final int FIRST_KEYS = 256;
  private static final int PAGE_BYTES = 2 << 20;

  /** Where keys are larger than those before let expect, fewer are asked for. */
  private static final int MOST_BYTES = 8 << 20;

  private static final int FEWER = 64;
  private static final int GROWTH = 16;

  /** Bounds lie inside of each other; more than these are no use. */
  private static final int MOST_BOUNDS = 32;

  private final V3Client client;

  /** The remaining ranges; the first of them is being read. */
  private final ArrayDeque<KeyRange> ranges;

  private final PageBounds bounds = new PageBounds();
  private final int mostRanges;
  private final boolean keysOnly;
  private final ResponseHeader header;
  private final long revision;
  private int keys = FIRST_KEYS;
  private long taken;
  private OptionalLong expected = OptionalLong.empty();
  private RangeRequest request;
  private @Nullable CompletableFuture<RangeResponse> asked;
  private @Nullable RangeChunks chunks;

  /**
   * Reads the first page.
   *
   * @param revision 0 for the newest
   */
  public RangePages(V3Client client, List<KeyRange> ranges, long revision, boolean keysOnly)
      throws IOException, InterruptedException {
    this.client = client;
    this.ranges = new ArrayDeque<>(ranges);
    this.mostRanges = ranges.size() + MOST_BOUNDS;
    this.keysOnly = keysOnly;
    this.request = request(this.ranges.element(), revision);
    RangeResponse first = read();
    this.header = first.getHeader();
    this.revision = revision == 0 ? header.getRevision() : revision;
    this.asked = CompletableFuture.completedFuture(first);
  }

  @Override
  public ResponseHeader header() {
    return header;
  }

  @Override
  public @Nullable List<KeyValue> next() throws IOException, InterruptedException {
    RangeChunks streamed = chunks;
    if (streamed != null) {
      return next(streamed);
    }
    CompletableFuture<RangeResponse> page = asked;
    return page == null ? null : take(await(page));
  }

  private List<KeyValue> next(RangeChunks streamed) throws IOException, InterruptedException {
    List<KeyValue> chunk;
    try {
      chunk = streamed.next();
    } catch (V3ErrorException e) {
      if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      return goOnWithPages(streamed);
    } catch (V3PermanentException e) {
      if (e.problem() != V3Problem.UNKNOWN_METHOD) {
        throw e;
      }
      client.streams().lacksRangeStreams();
      return goOnWithPages(streamed);
    }
    if (chunk == null) {
      ranges.remove();
      askForMore();
      return List.of();
    }
    taken += chunk.size();
    if (!chunk.isEmpty()) {
      skipTo(KeyRange.after(chunk.get(chunk.size() - 1).getKey()));
    }
    return chunk;
  }

  private List<KeyValue> goOnWithPages(RangeChunks streamed)
      throws IOException, InterruptedException {
    streamed.close();
    chunks = null;
    request = request(ranges.element(), revision);
    return take(read());
  }

  private List<KeyValue> take(RangeResponse page) throws IOException {
    requireSameCluster(client, header, page.getHeader());
    int count = page.getKvsCount();
    if (ranges.size() == 1) {
      // An answer counts the range that was asked for, so the last one counts all that is left.
      expected = OptionalLong.of(taken + page.getCount());
    }
    taken += count;
    if (page.getMore() && count > 0) {
      // As many keys as this page says are about the right size.
      int perKey = Math.max(1, page.getSerializedSize() / count);
      int most = Math.min(MOST_KEYS, GROWTH * keys);
      keys = Math.max(1, Math.min(most, PAGE_BYTES / perKey));
      bounds.full(page.getKvsList());
      skipTo(KeyRange.after(page.getKvs(count - 1).getKey()));
    } else {
      if (2 * count < keys) {
        bounds.tooNarrow();
      }
      ranges.remove();
    }
    askForMore();
    return page.getKvsList();
  }

  @Override
  public OptionalLong expectedKeys() {
    return expected;
  }

  /** Refuses an answer of another cluster than the first one was of. */
  static void requireSameCluster(V3Client client, ResponseHeader first, ResponseHeader later)
      throws IOException {
    if (later.getClusterId() != first.getClusterId()) {
      throw new IOException(
          "%s: cluster %x was replaced by cluster %x during the read"
              .formatted(client.members(), first.getClusterId(), later.getClusterId()));
    }
  }

  private void skipTo(ByteString key) {
    ranges.addFirst(new KeyRange(key, ranges.remove().end()));
  }

  private void askForMore() throws IOException {
    asked = null;
    chunks = null;
    KeyRange following = ranges.peek();
    if (following == null) {
      return;
    }
    if (client.streams().mayStreamRanges() && !keysOnly) {
      ResponseHeader expected = header.toBuilder().setRevision(revision).build();
      chunks = RangeChunks.start(client, following, expected);
    } else {
      request = request(bounded(following), revision);
      asked = client.send(KVGrpc.getRangeMethod(), request, mostBytes());
    }
  }

  /** The part of the first of the remaining ranges that is read next. */
  private KeyRange bounded(KeyRange first) {
    KeyRange part = bounds.next(first);
    if (part.equals(first) || ranges.size() == mostRanges) {
      return first;
    }
    ranges.remove();
    ranges.addFirst(new KeyRange(part.end(), first.end()));
    ranges.addFirst(part);
    return part;
  }

  private RangeResponse await(CompletableFuture<RangeResponse> page)
      throws IOException, InterruptedException {
    try {
      return V3Client.await(page);
    } catch (V3ErrorException e) {
      if (e.problem() == V3Problem.ANSWER_TOO_LARGE) {
        askForFewer();
      } else if (e.problem() != V3Problem.MEMBER_FAILED) {
        throw e;
      }
      return read();
    }
  }

  /** Reads the keys and retries on other members. */
  private RangeResponse read() throws IOException, InterruptedException {
    while (true) {
      try {
        return client.read(KVGrpc.getRangeMethod(), request, mostBytes());
      } catch (V3ErrorException e) {
        if (e.problem() != V3Problem.ANSWER_TOO_LARGE || request.getLimit() == 1) {
          throw e;
        }
        askForFewer();
      }
    }
  }

  private void askForFewer() {
    keys = Math.max(1, keys / FEWER);
    request = request.toBuilder().setLimit(keys).build();
  }

  /** One key is as large as it is. */
  private int mostBytes() {
    return request.getLimit() == 1 ? Integer.MAX_VALUE : MOST_BYTES;
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
    if (asked != null) {
      asked.cancel(true);
      asked = null;
    }
    if (chunks != null) {
      chunks.close();
      chunks = null;
    }
  }
}
