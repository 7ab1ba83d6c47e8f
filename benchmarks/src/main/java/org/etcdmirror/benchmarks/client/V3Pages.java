package org.etcdmirror.benchmarks.client;

import com.google.protobuf.ByteString;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/**
 * The keys with a prefix at one revision, in pages of some megabytes, because a server walks over
 * all keys that are left for each page. Not safe for use by many threads.
 */
public final class V3Pages implements Iterator<List<KeyValue>> {

  private static final ByteString ZERO = ByteString.copyFrom(new byte[1]);
  private static final int FIRST_KEYS = 500;
  private static final int MOST_KEYS = 20_000;
  private static final int BYTES = 4 << 20;

  private final V3Connection server;
  private final ByteString end;
  private ByteString next;
  private int pageSize = FIRST_KEYS;
  private long revision;
  private boolean more = true;

  /** Reads nothing yet. */
  public V3Pages(V3Connection server, String prefix) {
    this.server = server;
    this.next = ByteString.copyFromUtf8(prefix);
    this.end = V3Writes.endOf(prefix);
  }

  @Override
  public boolean hasNext() {
    return more;
  }

  @Override
  public List<KeyValue> next() {
    if (!more) {
      throw new NoSuchElementException();
    }
    RangeResponse page =
        server.range(
            RangeRequest.newBuilder()
                .setKey(next)
                .setRangeEnd(end)
                .setLimit(pageSize)
                .setRevision(revision)
                .build());
    if (revision == 0) {
      revision = page.getHeader().getRevision();
    }
    more = page.getMore();
    if (more) {
      next = page.getKvs(page.getKvsCount() - 1).getKey().concat(ZERO);
      int bytesPerKey = page.getSerializedSize() / page.getKvsCount() + 1;
      pageSize = Math.max(1, Math.min(MOST_KEYS, BYTES / bytesPerKey));
    }
    return page.getKvsList();
  }

  /** The revision of all pages; 0 before the first one. */
  public long revision() {
    return revision;
  }
}
