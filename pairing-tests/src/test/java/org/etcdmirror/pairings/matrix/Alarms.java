package org.etcdmirror.pairings.matrix;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.etcdmirror.core.MirrorListener;
import org.etcdmirror.core.MirrorState;

/** What a mirror has said of itself. Safe for use by many threads. */
final class Alarms implements MirrorListener {

  /** The worst first. */
  private static final List<MirrorState> BY_GRAVITY =
      List.of(
          MirrorState.FAILED,
          MirrorState.BLOCKED,
          MirrorState.RETRYING,
          MirrorState.CONNECTING,
          MirrorState.RESYNCING,
          MirrorState.FOLLOWING);

  private final Queue<MirrorState> states = new ConcurrentLinkedQueue<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  @Override
  public void onState(MirrorState before, MirrorState after) {
    states.add(after);
  }

  @Override
  public void onRetry(Exception failure, Duration pause) {
    failures.add(String.valueOf(failure.getMessage()));
  }

  /** Forgets all, as the fault is about to begin. */
  void clear() {
    states.clear();
    failures.clear();
  }

  /** The messages of the failures that were retried. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /**
   * The gravest of a mirror's states so far.
   *
   * @param now its present one
   * @param retried whether a retry counts
   */
  MirrorState gravest(MirrorState now, boolean retried) {
    return Stream.concat(states.stream(), Stream.of(now))
        .filter(BY_GRAVITY::contains)
        .filter(state -> retried || state != MirrorState.RETRYING)
        .min(Comparator.comparingInt(BY_GRAVITY::indexOf))
        .orElse(now);
  }
}
