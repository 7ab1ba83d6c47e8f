package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.jspecify.annotations.Nullable;

/**
 * Whether a compaction may have made a server leave out events of a watch without an error, as etcd
 * before 3.4.31 and 3.5.13 does (etcd issue 17555). For one thread.
 *
 * <p>Such a server leaves out events between two answers only if three things meet: its queue for
 * the watch is full, which takes 128 answers; the watch is to go on right after the last of these
 * answers; and a revision above that was compacted. All answers of a full queue are still to be
 * received at that time. So an answer is complete if at some time after the 128th answer before it
 * was received, nothing above the revision that the answer goes on from was compacted. A read of
 * one key at that revision shows this. It is done beside the stream, once in {@value #EVERY}
 * answers.
 */
final class CompactionWatch {

  /** The number of answers that a server queues; some old servers queue more. */
  private static final int QUEUE = 128;

  private static final int EVERY = 32;

  /** A read that was sent after so many answers had been received. */
  private record Look(long answers, CompletableFuture<Boolean> kept) {}

  private final V3Client client;
  private final KeptHistory history;

  /** The number of answers that have begun. */
  private long answers;

  /** The number of answers received before the newest read with the expected result. */
  private long shown;

  private @Nullable Look look;

  /**
   * A watch that has answered nothing yet.
   *
   * @param readable where the user may read
   */
  CompactionWatch(V3Client client, KeyRange readable) {
    this.client = client;
    this.history = new KeptHistory(client, readable);
  }

  /**
   * Called for each answer.
   *
   * @param told through which revision the answers before it have told everything
   * @param next the first revision that the answer does not pass over
   * @return whether the answer is known to pass over nothing that happened
   * @throws IOException if that can't be found out now
   */
  boolean isComplete(long told, long next) throws IOException, InterruptedException {
    answers++;
    // The first revision left out and a later one, which was compacted, both lie in between.
    boolean complete = next <= told + 2 || isQueueProven() || isKept(told);
    lookAhead(told);
    return complete;
  }

  private boolean isQueueProven() throws InterruptedException, IOException {
    settle();
    if (look != null && answers - shown > QUEUE) {
      boolean unused = V3Client.await(look.kept());
      settle();
    }
    return answers - shown <= QUEUE;
  }

  private boolean isKept(long revision) throws IOException, InterruptedException {
    boolean kept = history.isKept(revision);
    if (kept) {
      shown();
    }
    return kept;
  }

  /**
   * The revision that the newest answer goes on from was read, or a part of what it passes over.
   */
  void shown() {
    shown = answers;
  }

  /** What fails is asked for again, with the next answer. */
  private void lookAhead(long told) {
    settle();
    if (look == null && answers - shown >= EVERY) {
      look =
          new Look(
              answers,
              client
                  .send(KVGrpc.getRangeMethod(), history.readAt(told))
                  .handle((answer, failure) -> failure == null));
    }
  }

  private void settle() {
    Look asked = look;
    if (asked != null && asked.kept().isDone()) {
      look = null;
      shown = asked.kept().join() ? asked.answers() : shown;
    }
  }
}
