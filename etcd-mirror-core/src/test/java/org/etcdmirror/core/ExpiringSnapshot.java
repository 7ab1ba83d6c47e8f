package org.etcdmirror.core;

import java.io.IOException;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.api.SourceHead;
import org.jspecify.annotations.Nullable;

/** A snapshot of a source whose history may be compacted while it is read, as that of etcd v3. */
final class ExpiringSnapshot implements Snapshot {

  /** What a snapshot needs from its source. */
  interface Source {

    /** The state now. */
    Snapshot read() throws IOException, InterruptedException;

    /** Comes before an entry is read at an index; the key is that of the entry before. */
    void reads(@Nullable Bytes after);

    boolean isExpired(long index);
  }

  private final Source source;
  private Snapshot entries;
  private @Nullable Bytes last;

  ExpiringSnapshot(Source source, Snapshot entries) {
    this.source = source;
    this.entries = entries;
  }

  @Override
  public SourceHead head() {
    return entries.head();
  }

  @Override
  public @Nullable Entry next() throws IOException, InterruptedException {
    source.reads(last);
    if (source.isExpired(head().index())) {
      throw new SnapshotExpiredException(
          "index %d is gone behind '%s'".formatted(head().index(), last),
          new IOException("compacted"));
    }
    Entry entry = entries.next();
    last = entry == null ? last : entry.key();
    return entry;
  }

  @Override
  public boolean isRenewable() {
    return true;
  }

  /** One prefix is enough here, so that the keys ascend. */
  @Override
  public void renew() throws IOException, InterruptedException {
    entries = new Rest(source.read(), last);
  }

  @Override
  public void close() {}

  /** What follows a key. */
  private static final class Rest implements Snapshot {

    private final Snapshot whole;
    private final @Nullable Bytes after;

    Rest(Snapshot whole, @Nullable Bytes after) {
      this.whole = whole;
      this.after = after;
    }

    @Override
    public SourceHead head() {
      return whole.head();
    }

    @Override
    public @Nullable Entry next() throws IOException, InterruptedException {
      Entry entry = whole.next();
      while (entry != null && after != null && entry.key().compareTo(after) <= 0) {
        entry = whole.next();
      }
      return entry;
    }

    @Override
    public void close() {}
  }
}
