package org.etcdmirror.v2.internal.read;

import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.jspecify.annotations.Nullable;

/** A snapshot that is all in memory. */
public final class V2Snapshot implements Snapshot {

  private final SourceHead head;
  private final String endpoint;
  private final List<Entry> entries;
  private Iterator<Entry> rest;

  /**
   * A snapshot.
   *
   * @param endpoint who told it, as {@link V2Endpoints#text} writes it
   */
  V2Snapshot(SourceHead head, String endpoint, List<Entry> entries) {
    this.head = head;
    this.endpoint = endpoint;
    this.entries = entries;
    this.rest = entries.iterator();
  }

  @Override
  public SourceHead head() {
    return head;
  }

  /** The whole snapshot, however much of it was taken. */
  public List<Entry> entries() {
    return entries;
  }

  public String endpoint() {
    return endpoint;
  }

  @Override
  public @Nullable Entry next() {
    return rest.hasNext() ? rest.next() : null;
  }

  @Override
  public OptionalLong expectedEntries() {
    return OptionalLong.of(entries.size());
  }

  @Override
  public void close() {
    rest = List.<Entry>of().iterator();
  }
}
