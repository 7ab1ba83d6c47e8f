package org.etcdmirror.core.internal.resync;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.Refresh;
import org.etcdmirror.api.UnsupportedEntryException.Refusal;

/**
 * Entries that a sink could not hold besides its others. Counts all, and remembers the first ones.
 */
final class RefusedEntries {

  private static final int MOST = 10_000;

  private final Map<Bytes, Refusal> remembered = new LinkedHashMap<>();

  /** Values above others that events brought. */
  private final Set<Bytes> shadowsOfEvents = new HashSet<>();

  private long count;

  /** Entries of the source were refused. */
  void add(List<Refusal> refusals) {
    count += refusals.size();
    for (Refusal refusal : refusals) {
      if (remembered.size() < MOST) {
        remembered.put(refusal.key(), refusal);
      }
    }
  }

  /** Events were refused, and left out. */
  void addOfEvents(List<Refusal> refusals) {
    refusals.forEach(refusal -> addShadow(shadowsOfEvents, refusal));
  }

  /** Something newer is known of a key. */
  void happened(MirrorEvent event) {
    if (!(event instanceof Refresh) && remembered.remove(event.key()) != null) {
      count--;
    }
  }

  long count() {
    return count;
  }

  /** Those that are remembered. */
  List<Refusal> all() {
    return List.copyOf(remembered.values());
  }

  /** The values that hold the place of these. */
  Set<Bytes> shadows() {
    Set<Bytes> shadows = new HashSet<>(shadowsOfEvents);
    remembered.values().forEach(refusal -> addShadow(shadows, refusal));
    return shadows;
  }

  private static void addShadow(Set<Bytes> shadows, Refusal refusal) {
    Bytes clash = refusal.clash();
    if (clash != null && KeyModel.PATHS.covers(clash, refusal.key())) {
      shadows.add(clash);
    }
  }
}
