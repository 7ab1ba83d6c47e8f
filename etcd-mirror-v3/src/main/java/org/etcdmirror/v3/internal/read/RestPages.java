package org.etcdmirror.v3.internal.read;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.SnapshotExpiredException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.jspecify.annotations.Nullable;

/**
 * The pages of a selection, which go on at the newest revision where the one that they are read at
 * is compacted: behind the last key that was used, so that nothing is read twice but what was read
 * ahead. Single keys are read anew instead. For one thread.
 */
public final class RestPages implements AutoCloseable {

  private final V3Client client;
  private final Selection selection;
  private final boolean keysOnly;
  private Pages pages;

  /** The last key that was used; empty for none. */
  private ByteString last = ByteString.EMPTY;

  /** How many keys were used in all, and before the present revision. */
  private long used;

  private long usedBefore;

  /** Reads the first page. */
  public RestPages(V3Client client, Selection selection) throws IOException, InterruptedException {
    this.client = client;
    this.selection = selection;
    this.keysOnly = false;
    this.pages = Pages.of(client, selection);
  }

  private RestPages(V3Client client, Selection selection, Pages pages) {
    this.client = client;
    this.selection = selection;
    this.keysOnly = true;
    this.pages = pages;
  }

  /** Reads the first page of what the prefixes cover, without values. */
  static RestPages withoutValues(V3Client client, Selection selection)
      throws IOException, InterruptedException {
    Pages pages = new RangePages(client, KeyRange.of(selection.prefixes()), 0, true);
    return new RestPages(client, selection, pages);
  }

  /** Of the first page at the present revision. */
  public ResponseHeader header() {
    return pages.header();
  }

  /**
   * The next page, as {@link Pages#next}.
   *
   * @throws SnapshotExpiredException if the revision is compacted
   */
  @Nullable
  public List<KeyValue> next() throws IOException, InterruptedException {
    try {
      return pages.next();
    } catch (V3ErrorException e) {
      if (!e.compacted()) {
        throw e;
      }
      long revision = header().getRevision();
      String read = last.isEmpty() ? "nothing" : "keys through '" + Wire.bytes(last) + "'";
      throw new SnapshotExpiredException(
          "revision %d at %s was compacted during the read, after %s"
              .formatted(revision, e.endpoint(), read),
          e);
    }
  }

  /** This key of a page was used; those behind it are read anew by {@link #renew}. */
  public void used(ByteString key) {
    last = key;
    used++;
  }

  /** How many keys there are in all, those that were used included, if that is known. */
  public OptionalLong expectedKeys() {
    OptionalLong rest = pages.expectedKeys();
    return rest.isPresent() ? OptionalLong.of(usedBefore + rest.getAsLong()) : rest;
  }

  public boolean isRenewable() {
    return !selection.exact();
  }

  /** Goes on behind the last key that was used, at the newest revision. */
  public void renew() throws IOException, InterruptedException {
    if (!isRenewable()) {
      throw new IOException("keys must be read at one revision; the revision changed");
    }
    ResponseHeader before = header();
    pages.close();
    usedBefore = used;
    pages = new RangePages(client, rest(), 0, keysOnly);
    RangePages.requireSameCluster(client, before, header());
  }

  /** The rest of the ranges. */
  private List<KeyRange> rest() {
    List<KeyRange> ranges = KeyRange.of(selection.prefixes());
    if (last.isEmpty()) {
      return ranges;
    }
    List<KeyRange> rest = new ArrayList<>();
    for (KeyRange range : ranges) {
      if (!rest.isEmpty()) {
        rest.add(range);
      } else if (range.contains(last)) {
        rest.add(new KeyRange(KeyRange.after(last), range.end()));
      }
    }
    return rest;
  }

  @Override
  public void close() {
    pages.close();
  }
}
