package org.etcdmirror.v2.internal.sink;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.MirrorEvent.MakeDirectory;
import org.etcdmirror.api.MirrorEvent.Put;
import org.etcdmirror.v2.internal.protocol.V2Paths;

/**
 * Cuts a batch into runs of events that may be written in any order or at once, because no key of a
 * run is or lies above another of it.
 */
public final class V2Waves {

  private final List<List<MirrorEvent>> waves = new ArrayList<>();
  private List<MirrorEvent> wave = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private final Set<String> above = new HashSet<>();

  private V2Waves() {}

  /** The waves, to be written one after the other. */
  public static List<List<MirrorEvent>> of(List<MirrorEvent> events) {
    V2Waves waves = new V2Waves();
    events.forEach(waves::add);
    waves.cut();
    return waves.waves;
  }

  private void add(MirrorEvent event) {
    String key = event.key().utf8();
    List<String> ancestors = ancestors(key);
    if (keys.contains(key) || above.contains(key) || ancestors.stream().anyMatch(keys::contains)) {
      cut();
    }
    wave.add(event);
    keys.add(key);
    above.addAll(ancestors);
  }

  private void cut() {
    if (!wave.isEmpty()) {
      waves.add(wave);
      wave = new ArrayList<>();
      keys.clear();
      above.clear();
    }
  }

  private static List<String> ancestors(String key) {
    List<String> ancestors = V2Paths.properAncestors(key);
    if (!key.equals(V2Paths.ROOT)) {
      ancestors.add(V2Paths.ROOT);
    }
    return ancestors;
  }

  /**
   * The events without directories that a later one makes anyhow by being in them. After a base
   * sync that is nearly every directory.
   *
   * @param mayExpire whether a directory may be there that goes by itself. Then only making it
   *     again tells that it has no expiry, and it is left out only if that is not known either
   */
  public static List<MirrorEvent> withoutImpliedDirectories(
      List<MirrorEvent> events, boolean mayExpire) {
    Deque<MirrorEvent> kept = new ArrayDeque<>();
    Set<String> implied = new HashSet<>();
    for (int i = events.size() - 1; i >= 0; i--) {
      MirrorEvent event = events.get(i);
      String key = event.key().utf8();
      boolean madeAnyhow =
          event instanceof MakeDirectory directory
              && directory.expiresAt() == null
              && (directory.implied() || !mayExpire);
      if (madeAnyhow && implied.contains(key)) {
        continue;
      }
      kept.addFirst(event);
      if (event instanceof Put || event instanceof MakeDirectory) {
        implied.addAll(V2Paths.properAncestors(key));
      } else {
        // The delete may stand between the directory and what is put in it.
        implied.clear();
      }
    }
    return List.copyOf(kept);
  }
}
