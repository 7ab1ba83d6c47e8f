package org.etcdmirror.core.internal.checkpoint;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.internal.keys.KeyMapper;

/**
 * The newest puts of many that still stand, and the newest of those that do not go by themselves,
 * for {@link Anchors}.
 */
public final class NewestPuts {

  /**
   * A put of the source.
   *
   * @param key its key in the source
   * @param index what grows with each put
   * @param lasting whether it does not go by itself
   */
  public record Version(Bytes key, long index, boolean lasting) {}

  private final KeyMapper mapper;
  private final Queue<Version> all = newest();
  private final Queue<Version> lasting = newest();

  public NewestPuts(KeyMapper mapper) {
    this.mapper = mapper;
  }

  private static Queue<Version> newest() {
    return new PriorityQueue<>(Comparator.comparingLong(Version::index));
  }

  public void add(Version put) {
    add(all, put);
    if (put.lasting()) {
      add(lasting, put);
    }
  }

  /** The stream says that this stands. */
  public void add(Anchors.Standing put) {
    add(new Version(put.key(), put.version(), put.lasting()));
  }

  private static void add(Queue<Version> newest, Version put) {
    if (newest.contains(put)) {
      return;
    }
    newest.add(put);
    if (newest.size() > Anchors.MOST) {
      newest.remove();
    }
  }

  /** This happened to the source, by its name in the sink; in the order of the stream. */
  public void happened(MirrorEvent event) {
    all.removeIf(put -> isChanged(put, event));
    lasting.removeIf(put -> isChanged(put, event));
  }

  private boolean isChanged(Version put, MirrorEvent event) {
    return event.index() > put.index() && standing(put).isChangedBy(event);
  }

  private Anchors.Standing standing(Version put) {
    return new Anchors.Standing(put.key(), put.index(), mapper.held(put.key()), put.lasting());
  }

  private static Version newer(Version one, Version other) {
    return other.index() > one.index() ? other : one;
  }

  /** The newest of each key. */
  public List<Version> get() {
    Map<Bytes, Version> each = new LinkedHashMap<>();
    all.forEach(put -> each.merge(put.key(), put, NewestPuts::newer));
    lasting.forEach(put -> each.merge(put.key(), put, NewestPuts::newer));
    return new ArrayList<>(each.values());
  }

  /** The same, as they are followed. */
  public List<Anchors.Standing> standing() {
    return get().stream().map(this::standing).filter(put -> put.version() > 0).toList();
  }
}
