package org.etcdmirror.core;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.core.internal.checkpoint.CompareNote;
import org.etcdmirror.core.internal.checkpoint.CutoverMark;
import org.etcdmirror.core.internal.checkpoint.MovedNotes;
import org.jspecify.annotations.Nullable;

/**
 * Moves the stored index of a link that does not run, on behalf of a person. A move forward loses
 * the changes between both indexes. A resync repairs a link without a loss, so this is for the rare
 * case in which that is not wanted.
 *
 * <pre>{@code
 * try (EtcdMirror mirror = builder.build()) { // not started
 *   IndexMove move = mirror.moveIndex(3021261);
 *   System.out.println(move.describe()); // what it would lose or repeat
 *   if (!move.isDone() && isAllowed()) {
 *     move.run();
 *   }
 * }
 * }</pre>
 *
 * <p>For one thread at a time.
 *
 * @see EtcdMirror#moveIndex
 */
public final class IndexMove {

  /** A running mirror stores its index at least this often. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(3);

  private final EtcdMirror mirror;
  private final @Nullable Checkpoint stored;
  private final StoredIndex known;
  private final long index;

  IndexMove(EtcdMirror mirror, StoredIndex known, long index) {
    this.mirror = mirror;
    this.known = known;
    this.stored = known.checkpoint();
    this.index = index;
    if (stored != null) {
      CutoverMark mark = CutoverMark.of(stored);
      if (mark != null) {
        throw mark.refusal(mirror.settings().link());
      }
      CompareNote.refuseUnknown(stored);
    }
    if (index < 0 || index > known.head().index()) {
      throw new IllegalArgumentException(
          "index is not between 0 and the source's newest index %d: %d; name one that is"
              .formatted(known.head().index(), index));
    }
  }

  /** Whether there is nothing to do: the next run continues from this index already. */
  public boolean isDone() {
    return stored != null
        && stored.index() == index
        && MovedNotes.doubt(stored) == null
        && !MovedNotes.hasFormerScopes(stored);
  }

  /** What the move would lose or repeat, in some lines for a person. */
  public String describe() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add(way());
    String doubt = MovedNotes.doubt(stored);
    if (doubt != null) {
      lines.add(
          "the next run would compare both sides (%s); after the move it does not, and present differences stay"
              .formatted(doubt));
    }
    if (MovedNotes.hasFormerScopes(stored)) {
      lines.add(
          "the checkpoint lists former prefixes; the move removes them from it, and their keys stay in the sink");
    }
    long oldest = known.history().oldest();
    if (index < oldest - 1) {
      lines.add("history begins at %d: the next run finds a gap".formatted(oldest));
    }
    String cluster = stored == null ? null : stored.clusterId();
    if (cluster != null && !cluster.equals(known.head().clusterId())) {
      lines.add(
          "the stored index is of cluster %s, the source is %s: the next run finds a gap"
              .formatted(cluster, known.head().clusterId()));
    }
    return lines.toString();
  }

  private String way() {
    if (stored == null) {
      return "no index is stored: the next run would assume that the sink equals the source at index %d, and present differences would stay; without a stored index it compares both sides and loses nothing"
          .formatted(index);
    }
    long from = stored.index();
    if (index == from) {
      return "the index stays %d".formatted(index);
    }
    return index > from
        ? "forward from %d to %d: the changes of the %d events between them are lost; a resync loses nothing"
            .formatted(from, index, index - from)
        : "back from %d to %d: the events after %d are applied again, which is harmless"
            .formatted(from, index, index);
  }

  /**
   * Stores the index. Takes three seconds, in which a mirror that runs on this link is noticed. The
   * checkpoint keeps the cluster, the scope and the time, and a note says what was moved.
   *
   * @throws FencedException if a mirror runs on this link; stop it first
   * @throws IllegalStateException if this mirror was started or closed
   * @throws IOException if the index store cannot be reached now; the old or the new index is
   *     stored
   * @throws InterruptedException if the thread was interrupted; the index stays as it was
   */
  public void run() throws IOException, InterruptedException {
    run(BETWEEN_LOOKS);
  }

  /**
   * The same with another wait, for tests.
   *
   * @param wait how long a mirror that runs has time to store its index
   */
  void run(Duration wait) throws IOException, InterruptedException {
    mirror.refuseStarted();
    refuseOtherIndex();
    NANOSECONDS.sleep(wait.toNanos());
    // The sink gets no former prefixes: what their keys are now, no mirror owns any more.
    mirror.runtime().opening().open(List.of());
    mirror.runtime().sides().indexStore().save(next(Instant.now()));
  }

  private void refuseOtherIndex() throws IOException, InterruptedException {
    Checkpoint now = mirror.runtime().sides().indexStore().load().orElse(null);
    if (!text(stored).equals(text(now))) {
      throw new FencedException(
          "stored index changed meanwhile: %s, now %s".formatted(text(stored), text(now)));
    }
  }

  /** What another save changes; each one has its own time. */
  private static String text(@Nullable Checkpoint at) {
    return at == null ? "nothing" : "%d at %s".formatted(at.index(), at.savedAt());
  }

  private Checkpoint next(Instant now) {
    Map<String, String> notes = MovedNotes.at(stored, index, now);
    return stored == null
        ? new Checkpoint(index, known.head().clusterId(), null, now, 0, notes)
        : new Checkpoint(
            index,
            stored.clusterId(),
            stored.scope(),
            stored.savedAt(),
            stored.applying() > index ? stored.applying() : 0,
            notes);
  }
}
