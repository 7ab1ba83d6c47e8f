package org.etcdmirror.core;

import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;

/**
 * Checks the claims of a mirror against the past of the source. A claim that the sink holds all
 * through an index is true if each key in the sink has the value that it had in the source at that
 * index or later. No mirror can know of two faults: a write of unknown outcome that came late and
 * was not repaired yet, and an event that the source withheld and has not reported yet.
 */
final class Truth {

  private final FakeSource source;
  private final FakeSink sink;
  private final Queue<String> lies = new ConcurrentLinkedQueue<>();

  Truth(FakeSource source, FakeSink sink) {
    this.source = source;
    this.sink = sink;
  }

  /** The claims that were wrong. */
  Queue<String> lies() {
    return lies;
  }

  /** A checkpoint was stored. It claims nothing if it notes that the sink may not be level. */
  void stored(Checkpoint saved, MirrorScope scope, long claimedNanos) {
    // Without writes, as the source could be replaced during the check.
    source.atRest(() -> judge(saved, scope, claimedNanos));
  }

  private void judge(Checkpoint saved, MirrorScope scope, long claimedNanos) {
    boolean level = scope.fingerprint(ExpiryPolicy.FOLLOW_SOURCE).equals(saved.scope());
    boolean sameSource =
        source.clusterId().equals(saved.clusterId()) && saved.index() <= source.index();
    if (level && sameSource && !saysNotLevel(saved)) {
      holds("stored", saved.index(), claimedNanos);
    }
  }

  private static boolean saysNotLevel(Checkpoint saved) {
    return saved.notes().containsKey("must-compare");
  }

  /**
   * Checks the claim that the sink holds everything through an index.
   *
   * @param claimedNanos not after the claim was made
   */
  void holds(String claim, long index, long claimedNanos) {
    FakeSink.Look look = sink.look();
    source.atRest(() -> {
      Set<Bytes> keys = new HashSet<>(source.everyKey());
      keys.addAll(look.values().keySet());
      for (Bytes key : keys) {
        if (!source.had(key, look.values().get(key), index)
            && !look.overtaken().contains(key)
            && !source.contradiction.excuses(key, claimedNanos)) {
          lies.add("%s %d, but %s=%s".formatted(claim, index, key, look.values().get(key)));
        }
      }
    });
  }
}
