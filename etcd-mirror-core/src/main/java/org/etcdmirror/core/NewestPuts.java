package org.etcdmirror.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.etcdmirror.api.Bytes;

/**
 * The newest puts of many, and the newest of those that do not go by themselves, for {@link
 * Anchors}.
 */
final class NewestPuts {

  /**
   * A put of the source.
   *
   * @param key its key in the source
   * @param index what grows with each put
   * @param lasting whether it does not go by itself
   */
  record Version(Bytes key, long index, boolean lasting) {}

  private final Queue<Version> all = newest();
  private final Queue<Version> lasting = newest();

  private static Queue<Version> newest() {
    return new PriorityQueue<>(Comparator.comparingLong(Version::index));
  }

  void add(Version put) {
    add(all, put);
    if (put.lasting()) {
      add(lasting, put);
    }
  }

  private static void add(Queue<Version> newest, Version put) {
    newest.add(put);
    if (newest.size() > Anchors.MOST) {
      newest.remove();
    }
  }

  private static Version newer(Version one, Version other) {
    return other.index() > one.index() ? other : one;
  }

  /** The newest of each key. */
  List<Version> get() {
    Map<Bytes, Version> each = new LinkedHashMap<>();
    all.forEach(put -> each.merge(put.key(), put, NewestPuts::newer));
    lasting.forEach(put -> each.merge(put.key(), put, NewestPuts::newer));
    return new ArrayList<>(each.values());
  }
}
