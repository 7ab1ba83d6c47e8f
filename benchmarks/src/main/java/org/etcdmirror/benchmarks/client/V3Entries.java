package org.etcdmirror.benchmarks.client;

import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.etcdmirror.v3.rpc.KeyValue;

/** The keys with a prefix one by one. Not safe for use by many threads. */
public final class V3Entries implements Iterator<KeyValue> {

  private final V3Pages pages;
  private Iterator<KeyValue> page = Collections.emptyIterator();

  /** Reads nothing yet. */
  public V3Entries(V3Connection server, String prefix) {
    this.pages = new V3Pages(server, prefix);
  }

  @Override
  public boolean hasNext() {
    while (!page.hasNext() && pages.hasNext()) {
      page = pages.next().iterator();
    }
    return page.hasNext();
  }

  @Override
  public KeyValue next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return page.next();
  }
}
