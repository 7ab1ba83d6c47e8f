package org.etcdmirror.api.internal;

import java.io.IOException;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot that hands each call on. A subclass changes some, and forgets none. */
public abstract class ForwardingSnapshot implements Snapshot {

  /** Where the calls go. */
  protected final Snapshot snapshot;

  protected ForwardingSnapshot(Snapshot snapshot) {
    this.snapshot = snapshot;
  }

  @Override
  public SourceHead head() {
    return snapshot.head();
  }

  @Override
  public MirrorEvent.@Nullable Entry next() throws IOException, InterruptedException {
    return snapshot.next();
  }

  @Override
  public OptionalLong expectedEntries() {
    return snapshot.expectedEntries();
  }

  @Override
  public boolean isRenewable() {
    return snapshot.isRenewable();
  }

  @Override
  public void renew() throws IOException, InterruptedException {
    snapshot.renew();
  }

  @Override
  public void close() {
    snapshot.close();
  }
}
