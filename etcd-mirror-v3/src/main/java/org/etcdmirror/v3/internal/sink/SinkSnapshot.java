package org.etcdmirror.v3.internal.sink;

import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Expiry;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.internal.OwnKeySet;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Head;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.read.RestPages;
import org.etcdmirror.v3.rpc.KeyValue;
import org.jspecify.annotations.Nullable;

/**
 * The selection at one revision, without what mirrors remember. Where that revision is compacted,
 * it can be renewed: see {@link RestPages}.
 */
public final class SinkSnapshot implements Snapshot {

  private final RestPages pages;
  private final OwnKeySet own;
  private final @Nullable SinkExpiries expiries;
  private final Runnable onClose;
  private boolean closed;
  private Iterator<KeyValue> page = Collections.emptyIterator();

  /**
   * A snapshot of what is there now.
   *
   * @param expiries null if they are not read
   * @param onClose run once
   */
  public SinkSnapshot(
      V3Client client,
      Selection selection,
      OwnKeySet own,
      @Nullable SinkExpiries expiries,
      Runnable onClose)
      throws IOException, InterruptedException {
    this.pages = new RestPages(client, selection);
    this.own = own;
    this.expiries = expiries;
    this.onClose = onClose;
  }

  @Override
  public SourceHead head() {
    return V3Head.of(pages.header());
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    while (true) {
      while (!page.hasNext()) {
        List<KeyValue> read = pages.next();
        if (read == null) {
          return null;
        }
        page = read.iterator();
        if (expiries != null) {
          expiries.learn(read);
        }
      }
      KeyValue found = page.next();
      pages.used(found.getKey());
      MirrorEvent.Entry entry = entry(Wire.bytes(found.getKey()), found);
      if (entry != null) {
        return entry;
      }
    }
  }

  private MirrorEvent.@Nullable Entry entry(Bytes key, KeyValue found) {
    if (own.contains(key)) {
      return null;
    }
    Bytes value = Wire.bytes(found.getValue());
    if (expiries == null || found.getLease() == 0) {
      // A copy that would go by itself is none where expiries are not copied.
      Expiry expiresAt = found.getLease() == 0 ? null : Expiry.UNTOLD;
      return new MirrorEvent.Put(key, value, found.getModRevision(), expiresAt);
    }
    SinkExpiries.Ending expiry = expiries.of(found.getLease());
    // A lease that has ended since has taken the key with it: shown, it would pass for a good copy.
    return expiry == null
        ? null
        : new MirrorEvent.Put(key, value, found.getModRevision(), expiry.at(), expiry.lease());
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
    if (!closed) {
      closed = true;
      onClose.run();
    }
  }
}
