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
 * Checks the claims of a mirror: each time that it claims to be level with a source index, this
 * records what the sink holds. The claims are judged when the writer's history is complete. Used by
 * one thread.
 */
final class Witness {

  private static final Duration MOMENT = Duration.ofMillis(50);

  /** Leaves time for other work between two looks at the sink. */
  private static final Duration PAUSE = Duration.ofMillis(50);

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
   * repaired yet; claims made meanwhile are not judged.
   */
  void excuse(boolean now) {
    excused = now;
  }

  /** Waits a moment for the newest write, and records what the mirror claims meanwhile. */
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

  /** Asks for a verification, and records the claim. */
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

  /** The recorded form of a value: its beginning and its length. */
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

  /** Asserts that each claim was true; the history must be complete. */
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
