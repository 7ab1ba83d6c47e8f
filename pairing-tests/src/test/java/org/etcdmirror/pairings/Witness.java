package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.VerifyReport;

/**
 * Takes a mirror at its word: each time that it claims to be level with an index of its source,
 * this looks at what the sink holds. Whether that was so is judged when the writer's history is
 * complete. Used by one thread.
 */
final class Witness {

  private static final Duration MOMENT = Duration.ofMillis(50);

  /** So that looking at the sink all the time is not the only thing that happens. */
  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final int SHOWN = 20;

  private record Claim(String what, long index, Map<String, String> held, boolean excused) {}

  private final Keyspace sink;
  private final History history;
  private final List<Claim> claims = new ArrayList<>();
  private boolean excused;

  Witness(Keyspace sink, History history) {
    this.sink = sink;
    this.history = history;
  }

  /**
   * Whether a late effect of a write of unknown outcome may be in the sink that the mirror has not
   * mended yet; what is claimed meanwhile is not judged.
   */
  void excuse(boolean now) {
    excused = now;
  }

  /** Waits a moment for the newest write, and takes down what the mirror says meanwhile. */
  void look(EtcdMirror mirror) throws InterruptedException {
    // No source reaches that index: it is a pause.
    mirror.await(Long.MAX_VALUE, PAUSE);
    long wanted = history.newest();
    if (mirror.await(wanted, MOMENT)) {
      claimed("await", wanted);
    }
    MirrorStatus status = mirror.status();
    if (status.caughtUp()) {
      claimed("following and caught up", status.index());
    }
  }

  /** Asks for a verification, and takes down what it says. */
  void verify(EtcdMirror mirror) throws InterruptedException {
    try {
      VerifyReport report = mirror.verify();
      if (report.isEqual()) {
        claimed("verified as equal", report.index());
      }
    } catch (IOException e) {
      // It claims nothing.
    }
  }

  /** As values are remembered: by their beginning and their length. */
  static String abbreviated(String value) {
    return value.length() <= SHOWN
        ? value
        : "%s... (%d)".formatted(value.substring(0, SHOWN), value.length());
  }

  private void claimed(String what, long index) {
    try {
      Map<String, String> held = new TreeMap<>();
      sink.values("/conf/").forEach((key, value) -> held.put(key, abbreviated(value)));
      claims.add(new Claim(what, index, held, excused));
    } catch (RuntimeException e) {
      // The sink has no leader now, so that it cannot be seen.
    }
  }

  /** The history is complete: each claim was true. */
  void judge(String as) {
    List<String> lies = new ArrayList<>();
    for (Claim claim : claims) {
      List<String> older = history.olderThan(claim.index(), claim.held());
      if (!older.isEmpty() && !claim.excused()) {
        lies.add("%s %d, but the sink held %s".formatted(claim.what(), claim.index(), older));
      }
    }
    System.out.println(as + ": " + claims.size() + " claims, " + lies.size() + " lies");
    assertThat(lies).as(as).isEmpty();
  }
}
