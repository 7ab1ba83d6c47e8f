package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Head;
import org.etcdmirror.v3.internal.read.LeaseTimes.Ending;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The pages of the selection at one revision, as entries, without what mirrors remember. Where that
 * revision is compacted, it can be renewed: see {@link RestPages}.
 */
public final class V3Snapshot implements Snapshot {

  private final RestPages pages;

  /** Null if expiries are not read. */
  private final @Nullable LeaseTimes leases;

  private Iterator<KeyValue> page = Collections.emptyIterator();
  private Map<Long, Ending> endings = Map.of();

  public V3Snapshot(V3Client client, Selection selection) throws IOException, InterruptedException {
    this.pages = new RestPages(client, selection);
    this.leases = selection.expiries() ? new LeaseTimes(client) : null;
  }

  /** The number of the member that told the first page. */
  public long member() {
    return pages.header().getMemberId();
  }

  @Override
  public SourceHead head() {
    return V3Head.of(pages.header());
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    while (!page.hasNext()) {
      List<KeyValue> read = pages.next();
      if (read == null) {
        return null;
      }
      List<KeyValue> data = read.stream().filter(kv -> !V3Puts.isOwn(kv)).toList();
      if (data.isEmpty() && !read.isEmpty()) {
        pages.used(read.get(read.size() - 1).getKey());
      }
      page = data.iterator();
      endings = leases == null ? Map.of() : leases.of(data);
    }
    KeyValue kv = page.next();
    pages.used(kv.getKey());
    return leases == null ? V3Puts.withoutTimes(kv) : V3Puts.of(kv, endings.get(kv.getLease()));
  }

  /** Counts the keys of mirrors as well; they are few. */
  @Override
  public OptionalLong expectedEntries() {
    return pages.expectedKeys();
  }

  @Override
  public boolean isRenewable() {
    return pages.isRenewable();
  }

  @Override
  public void renew() throws IOException, InterruptedException {
    pages.renew();
    page = Collections.emptyIterator();
  }

  @Override
  public void close() {
    pages.close();
  }
}
