package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.IndexDisprovedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.WatchPatience;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/**
 * Shows that a range is what it was at an index: nothing in it was changed since, and as many keys
 * are in it. The server looks at the whole range for that, so it is not asked often.
 *
 * <p>All keys of the range count, those of mirrors with them: the watch reports these as well, and
 * the proof is of what the watch follows, not of what is shown of it.
 *
 * <p>A key that came and went since leaves no trace in this, and its two events, should they still
 * be on their way, are then dropped as old. Nothing is lost by that: the range is at the newer
 * index what the delivered events say it is. A key that came is not overlooked before it goes, and
 * one that was there and went changes the count.
 */
public final class QuietProof implements Silence {

  private static final int REST = 50;

  /**
   * A read may have taken long on its way and not in the server. Until the next one, a watch that
   * has ended unheard goes unnoticed.
   */
  private static final long MOST_REST = Duration.ofSeconds(20).toNanos();

  private static final long NONE = -1;

  private final V3Client client;
  private final WatchCall watch;
  private final KeyRange range;
  private final long start;
  private final CompactionWatch compaction;
  private long pause;
  private long count;

  /** The last index at which the range was what the delivered events say. */
  private long proven;

  /** When it may be read again at the earliest, though somebody waits for it. */
  private long dueIfWanted;

  /** Not before the others have had their turns. */
  private long due;

  private long answeredNanos;
  private long doubtful = NONE;

  public QuietProof(V3Client client, WatchCall watch, KeyRange range, long index)
      throws IOException, InterruptedException {
    this(client, watch, range, index, client.streams().watchPatience().nanos(index));
  }

  /** Creates a proof with another pause between two reads, for tests. */
  public QuietProof(V3Client client, WatchCall watch, KeyRange range, long index, long pauseNanos)
      throws IOException, InterruptedException {
    this.client = client;
    this.watch = watch;
    this.range = range;
    this.start = index;
    this.pause = pauseNanos;
    this.compaction = new CompactionWatch(client, range);
    this.count = countAt(index);
    this.proven = index;
    this.answeredNanos = System.nanoTime();
    this.dueIfWanted = answeredNanos + pause;
    this.due = dueIfWanted;
  }

  @Override
  public long answeredNanos() {
    return answeredNanos;
  }

  @Override
  public void heard(long arrivedNanos) {
    answeredNanos = arrivedNanos;
    dueIfWanted = Math.max(dueIfWanted, System.nanoTime() + pause);
    due = Math.max(due, dueIfWanted);
  }

  @Override
  public void answered(long index, long told, long next)
      throws IOException, LostEventsException, InterruptedException {
    if (!compaction.isComplete(told, next)) {
      long before = next - 1;
      if (before > index && !isUnchanged(index, before)) {
        throw new IndexDisprovedException(
            told + 1,
            index,
            before,
            "%s was delayed during a compaction and may have missed events through index %d, as etcd before 3.4.31 and 3.5.13 does"
                .formatted(watch, before));
      }
      compaction.shown();
    }
  }

  /** Whether the range is at a revision what the delivered events say; false if it is compacted. */
  private boolean isUnchanged(long index, long revision) throws IOException, InterruptedException {
    try {
      RangeResponse then =
          client.read(KVGrpc.getRangeMethod(), newerThan(index).setRevision(revision).build());
      return then.getKvsCount() == 0 && then.getCount() == count;
    } catch (V3ErrorException e) {
      if (e.compacted()) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void see(Event event) {
    endPatience();
    if (event.getType() == Event.EventType.DELETE) {
      count--;
    } else if (event.getKv().getVersion() == 1) {
      count++;
    }
  }

  @Override
  public long nanosUntilDue() {
    long next = client.isProofWanted() ? dueIfWanted : due;
    return Math.max(0, next - System.nanoTime());
  }

  @Override
  public long advance(long index) throws IOException, LostEventsException, InterruptedException {
    long began = System.nanoTime();
    client.proofAsked(index);
    RangeResponse answer = client.read(KVGrpc.getRangeMethod(), newerThan(index).build());
    long head = answer.getHeader().getRevision();
    if (answer.getKvsCount() == 0 && answer.getCount() == count && head >= index) {
      doubtful = NONE;
      proven = head;
      endPatience();
      rest(began);
      return head;
    }
    if (doubtful == index) {
      throw explain(index, head);
    }
    // What changed the range is on its way, as a rule.
    doubtful = index;
    rest(began);
    return index;
  }

  /** The server has shown that it answers this watch. */
  private void endPatience() {
    pause = Math.min(pause, WatchPatience.leastNanos());
  }

  @Override
  public boolean isProven() {
    return doubtful == NONE;
  }

  /**
   * The time until the next read, so that the server seldom reads.
   *
   * @param pause the least
   * @param took how long the last read took
   * @param isProven whether that was a proof; a doubt waits for the least time
   */
  static long restNanos(long pause, long took, boolean isProven) {
    return isProven ? Math.max(pause, Math.min(MOST_REST, REST * took)) : pause;
  }

  private void rest(long began) {
    long now = System.nanoTime();
    long time = restNanos(pause, now - began, isProven());
    dueIfWanted = now + time;
    // A doubt is not to wait for the turns of others.
    due = now + (isProven() ? client.idleNanos(time) : time);
  }

  /**
   * The range differs from what was delivered, and nothing came for a whole pause. If the count was
   * wrong at the index already, then the server has left out events before it, and only a
   * comparison brings them back. Else the watch is behind, and another one from the same index will
   * tell.
   */
  private IOException explain(long index, long head)
      throws IOException, LostEventsException, InterruptedException {
    long was = countAt(index);
    if (was != count) {
      throw new IndexDisprovedException(
          proven + 1,
          index,
          head,
          "%s missed events: the delivered ones leave %d keys, but there were %d keys at index %d"
              .formatted(watch, count, was, index));
    }
    client.streams().watchPatience().silent(start);
    watch.avoidMember();
    return new IOException(
        "%s is silent: it is at index %d, but its range changed by index %d"
            .formatted(watch, index, head));
  }

  private long countAt(long index) throws IOException, InterruptedException {
    if (index == 0) {
      return 0;
    }
    RangeRequest read = request().setCountOnly(true).setRevision(index).build();
    return client.read(KVGrpc.getRangeMethod(), read).getCount();
  }

  private RangeRequest.Builder newerThan(long index) {
    return request().setLimit(1).setKeysOnly(true).setMinModRevision(index + 1);
  }

  private RangeRequest.Builder request() {
    return RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end());
  }
}
