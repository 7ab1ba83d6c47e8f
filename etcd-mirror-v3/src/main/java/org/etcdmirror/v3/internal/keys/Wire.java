package org.etcdmirror.v3.internal.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OwnKeys;

/** Keys on the wire and off it, and which of them belong to the mirror itself. */
public final class Wire {

  /** Theirs as well, though it holds nothing: on etcd v2 it is the directory of the others. */
  public static final Bytes OWN_TOP = Bytes.utf8(OwnKeys.TREE);

  /** The prefix of the checkpoints. */
  public static final Bytes OWN = OWN_TOP.plus(Bytes.utf8("/"));

  public static final Bytes OWN_END = OWN_TOP.plus(Bytes.utf8("0"));
  private static final Bytes ZERO = Bytes.of(new byte[] {0});

  private Wire() {}

  public static ByteString wire(Bytes bytes) {
    // That array is a copy already, and values may be large.
    return UnsafeByteOperations.unsafeWrap(bytes.toByteArray());
  }

  public static Bytes bytes(ByteString bytes) {
    return Bytes.of(bytes.toByteArray());
  }

  /** The order of keys in etcd. The comparator of {@link ByteString} makes an iterator of each. */
  public static int compare(ByteString one, ByteString other) {
    int common = Math.min(one.size(), other.size());
    for (int i = 0; i < common; i++) {
      int order = Byte.compareUnsigned(one.byteAt(i), other.byteAt(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(one.size(), other.size());
  }

  /** The key right after this one. */
  public static Bytes after(Bytes key) {
    return key.plus(ZERO);
  }

  /**
   * The key that stores the checkpoint of a link. As v2 has it: a link that is named by its prefix
   * needs no second slash.
   */
  public static Bytes checkpointKey(String link) {
    String name = link.startsWith("/") ? link.substring(1) : link;
    return OWN.plus(Bytes.utf8(name.isEmpty() ? "__ROOT__" : name));
  }

  /** The key whose value names the member that leads a link. */
  public static Bytes leaderKey(String link) {
    return OWN.plus(Bytes.utf8(".leader/")).plus(checkpointKey(link).from(OWN.size()));
  }
}
