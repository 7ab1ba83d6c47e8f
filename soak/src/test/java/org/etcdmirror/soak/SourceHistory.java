package org.etcdmirror.soak;

import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What each revision of a v3 source changed. Safe for use by many threads. */
final class SourceHistory implements Revisions {

  /**
   * A change.
   *
   * @param value null for a delete
   */
  record Change(String key, @Nullable String value) {}

  private final NavigableMap<Long, List<Change>> revisions = new TreeMap<>();

  /** The newest revision; a new cluster is at 1. */
  private long newest = 1;

  /** The next revision. Each has a change, so that none may be missing. */
  @Override
  public synchronized void add(long revision, List<Change> changes) {
    if (revision != newest + 1) {
      throw new IllegalStateException(
          "revision %d comes after %d in the source's history".formatted(revision, newest));
    }
    revisions.put(revision, List.copyOf(changes));
    newest = revision;
    notifyAll();
  }

  /**
   * What came after a revision is undone: the source was restored from a backup of it.
   *
   * @param from the newest revision after that, which is higher if revisions were bumped
   */
  synchronized void goOnFrom(long revision, long from) {
    revisions.tailMap(revision, false).clear();
    newest = from;
  }

  @Override
  public synchronized long newest() {
    return newest;
  }

  @Override
  public synchronized void compacted(long oldest) {
    throw new IllegalStateException(
        "the run compacted the source before revision %d, and had recorded %d"
            .formatted(oldest, newest));
  }

  /** Whether it is known through a revision within this time. */
  synchronized boolean reaches(long revision, Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (newest < revision) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** The changes after one revision through another. */
  synchronized List<Change> between(long after, long through) {
    return revisions.subMap(after, false, through, true).values().stream()
        .flatMap(List::stream)
        .toList();
  }

  /** All of it, one revision a line. */
  synchronized List<String> lines() {
    return revisions.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .toList();
  }
}
