package org.etcdmirror.v2.internal.sink;

import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Entry;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/** Decides from an entry alone whether etcd v2 can hold it. */
public final class V2Refusal {

  /** Escaped in a URL it may be three times as long, and servers take headers up to 1 MiB. */
  private static final int LONGEST_KEY = 256 * 1024;

  private V2Refusal() {}

  /** Why v2 cannot hold the entry so that it can be read back below the prefixes, or null. */
  public static @Nullable String of(Entry entry, List<String> prefixes) {
    String reason = ofKey(entry.key(), prefixes);
    return reason == null && entry instanceof Put put ? ofValue(put) : reason;
  }

  private static @Nullable String ofKey(Bytes key, List<String> prefixes) {
    if (!V2Paths.isText(key)) {
      return "the key is not UTF-8";
    }
    String path = key.utf8();
    String flaw = V2Paths.flaw(path);
    if (flaw != null) {
      return flaw;
    }
    if (path.equals(V2Paths.ROOT)) {
      return "the root is a directory";
    }
    if (V2Paths.covers(V2Paths.INDEXES, path)) {
      return "this name is reserved for the indexes of mirrors";
    }
    for (String prefix : prefixes) {
      if (V2Paths.covers(prefix, path) && V2Paths.hiddenBelow(prefix, path)) {
        return "a segment begins with an underscore, which hides the key";
      }
    }
    return key.size() > LONGEST_KEY ? "the key is too long: %d bytes".formatted(key.size()) : null;
  }

  private static @Nullable String ofValue(Put put) {
    Bytes value = put.value();
    if (!V2Paths.isText(value)) {
      return "the value is not UTF-8";
    }
    return (long) value.size() + put.key().size() > V2Writer.LARGEST_WRITE
        ? "the value is too large: %d bytes".formatted(value.size())
        : null;
  }
}
