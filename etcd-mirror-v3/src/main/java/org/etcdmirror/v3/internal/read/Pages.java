package org.etcdmirror.v3.internal.read;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.etcdmirror.api.Selection;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.jspecify.annotations.Nullable;

/** Reads the selected keys at one revision, in pages of bounded size. For one thread. */
sealed interface Pages extends AutoCloseable permits RangePages, KeyPages {

  /** Reads the present state. */
  static Pages of(V3Client client, Selection selection) throws IOException, InterruptedException {
    return selection.exact()
        ? new KeyPages(client, selection.prefixes())
        : new RangePages(client, KeyRange.of(selection.prefixes()), 0, false);
  }

  /** Of the first page: who told it, and the newest revision at that time. */
  ResponseHeader header();

  /**
   * The next page, in the order of the selection; it may be empty. Null after the last one.
   *
   * @throws IOException if the rest can't be read now; if it was compacted, it never can
   */
  @Nullable List<KeyValue> next() throws IOException, InterruptedException;

  /** How many keys these pages have in all, if an answer has said so. */
  default OptionalLong expectedKeys() {
    return OptionalLong.empty();
  }

  @Override
  void close();
}
