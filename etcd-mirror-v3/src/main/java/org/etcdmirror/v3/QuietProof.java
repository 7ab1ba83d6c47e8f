package org.etcdmirror.v3;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/**
 * Shows that a range is what it was at an index: nothing in it was changed since, and as many keys
 * are in it. The server looks at the whole range for that, so it is not asked often.
 *
 * <p>All keys of the range count, those of mirrors with them: the watch tells of these as well, and
 * the proof is of what the watch follows, not of what is shown of it.
 *
 * <p>A key that came and went since leaves no trace in this, and its two events, should they still
 * be on their way, are then dropped as old. Nothing is lost by that: the range is at the newer
 * index what the delivered events say it is. A key that came is not overlooked before it goes, and
 * one that was there and went changes the count.
 */
final class QuietProof implements Silence {

  private static final long PAUSE = Duration.ofSeconds(5).toNanos();
  private static final int REST = 50;
  private static final long NONE = -1;

  private final V3Client client;
  private final WatchCall watch;
  private final KeyRange range;
  private final long pause;
  private long count;
  private long due;
  private long doubtful = NONE;

  QuietProof(V3Client client, WatchCall watch, KeyRange range, long index)
      throws IOException, InterruptedException {
    this(client, watch, range, index, PAUSE);
  }

  /** With another pause between two looks, for tests. */
  QuietProof(V3Client client, WatchCall watch, KeyRange range, long index, long pauseNanos)
      throws IOException, InterruptedException {
    this.client = client;
    this.watch = watch;
    this.range = range;
    this.pause = pauseNanos;
    this.count = countAt(index);
    this.due = System.nanoTime() + pause;
  }

  @Override
  public void heard() {
    due = Math.max(due, System.nanoTime() + pause);
  }

  @Override
  public void see(Event event) {
    if (event.getType() == Event.EventType.DELETE) {
      count--;
    } else if (event.getKv().getVersion() == 1) {
      count++;
    }
  }

  @Override
  public long nanosUntilDue() {
    return Math.max(0, due - System.nanoTime());
  }

  @Override
  public long advance(long index) throws IOException, LostEventsException, InterruptedException {
    long began = System.nanoTime();
    RangeResponse answer =
        client.read(
            KVGrpc.getRangeMethod(),
            request().setLimit(1).setKeysOnly(true).setMinModRevision(index + 1).build());
    long head = answer.getHeader().getRevision();
    if (answer.getKvsCount() == 0 && answer.getCount() == count && head >= index) {
      doubtful = NONE;
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

  private void rest(long began) {
    long now = System.nanoTime();
    due = now + Math.max(pause, REST * (now - began));
  }

  /**
   * The range differs from what was delivered, and nothing came for a whole pause. If the count was
   * wrong at the index already, then the server has left out events before it (at a compaction;
   * etcd 3.4.31 and 3.5.13 mend a bug that does), and only a comparison brings them back. Else the
   * watch is behind, and another one from the same index will tell.
   */
  private IOException explain(long index, long head)
      throws IOException, LostEventsException, InterruptedException {
    long was = countAt(index);
    if (was != count) {
      throw HistoryClearedException.compacted(index + 1, head + 1, head);
    }
    watch.avoidMember();
    return new IOException(
        "the watch is silent at %d, though its range has changed by %d".formatted(index, head));
  }

  private long countAt(long index) throws IOException, InterruptedException {
    if (index == 0) {
      return 0;
    }
    RangeRequest read = request().setCountOnly(true).setRevision(index).build();
    return client.read(KVGrpc.getRangeMethod(), read).getCount();
  }

  private RangeRequest.Builder request() {
    return RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end());
  }
}
