package org.etcdmirror.core.internal.checkpoint;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.etcdmirror.core.internal.run.Backoff;

/**
 * Suspects of one endpoint, and their next comparison. Used by the applier's thread alone. Its
 * times are of {@link System#nanoTime()}, but for the one that people are shown.
 */
public final class SuspectGroup {

  private final String endpoint;
  private final Instant since;
  private final Set<Suspect> suspects = new LinkedHashSet<>();
  private final Backoff pauses;

  /** Whether a comparison before the last one is of any use. */
  private boolean onlyLate;

  private long dueNanos = System.nanoTime();
  private boolean compared;
  private long comparedNanos;
  private boolean answered;
  private boolean leftToResync;

  SuspectGroup(String endpoint, Instant since, Backoff.Range pauses) {
    this.endpoint = endpoint;
    this.since = since;
    this.pauses = new Backoff(pauses);
  }

  public String endpoint() {
    return endpoint;
  }

  /** The wall-clock time at which the first of them was lost, for display and storage. */
  Instant since() {
    return since;
  }

  public Set<Suspect> suspects() {
    return suspects;
  }

  /** More is lost, so that all times begin anew. */
  void add(Collection<Suspect> more) {
    if (!suspects.contains(Suspect.EVERYTHING)) {
      suspects.addAll(more);
    }
    dueNanos = System.nanoTime();
    compared = false;
    answered = false;
    onlyLate = false;
    leftToResync = false;
    pauses.reset();
  }

  /** Replaces the suspects by everything, because they are no longer known. */
  void replaceByEverything() {
    suspects.clear();
    add(Set.of(Suspect.EVERYTHING));
  }

  /**
   * The mirror itself has just begun, and repeats what was under way before: only what comes later
   * than that is to be found.
   */
  void compareOnlyLate() {
    onlyLate = true;
  }

  boolean isDue() {
    return System.nanoTime() - dueNanos >= 0;
  }

  public boolean comparesOnlyLate() {
    return onlyLate;
  }

  /** Whether the endpoint has answered since the last loss, and the time for late effects ran. */
  public boolean hasAnswered() {
    return answered;
  }

  /** The endpoint answers, for the first time since the last loss. */
  public void answeredNow(Duration lateEffects) {
    answered = true;
    dueNanos = System.nanoTime() + lateEffects.toNanos();
  }

  /** The endpoint does not answer, whatever it did before. */
  public void isAway() {
    answered = false;
    leftToResync = false;
    dueNanos = System.nanoTime() + pauses.next().toNanos();
  }

  /** The last comparison is begun; if it asks for a resync, that one does what it was to do. */
  public void deferToResync() {
    leftToResync = true;
  }

  public boolean isDeferredToResync() {
    return leftToResync;
  }

  /** Whether a comparison while the endpoint is away was never made, or not for this long. */
  public boolean wasNotComparedFor(Duration time) {
    return !compared || System.nanoTime() - comparedNanos >= time.toNanos();
  }

  public void comparedNow() {
    compared = true;
    comparedNanos = System.nanoTime();
  }
}
