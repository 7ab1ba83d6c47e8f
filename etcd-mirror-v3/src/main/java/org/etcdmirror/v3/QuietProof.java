package org.etcdmirror.v3;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RangeResponse;

/**
 * Shows that a range is what it was at an index: nothing in it was changed since, and as many keys
 * are in it. The server looks at the whole range for that, so it is not asked often.
 */
final class QuietProof {

  private static final long PAUSE = Duration.ofSeconds(5).toNanos();
  private static final int REST = 50;

  private final V3Client client;
  private final KeyRange range;
  private long count;
  private long due = System.nanoTime() + PAUSE;

  QuietProof(V3Client client, KeyRange range, long index) throws IOException, InterruptedException {
    this.client = client;
    this.range = range;
    if (index > 0) {
      RangeRequest read = request().setCountOnly(true).setRevision(index).build();
      count = client.call(KVGrpc.getRangeMethod(), read).getCount();
    }
  }

  /** An event that the stream delivers. */
  void see(Event event) {
    if (event.getType() == Event.EventType.DELETE) {
      count--;
    } else if (event.getKv().getVersion() == 1) {
      count++;
    }
  }

  /** How long until it may be tried again. */
  long nanosUntilDue() {
    return Math.max(0, due - System.nanoTime());
  }

  /** A newer index at which the range is what it is at this one; else the same. */
  long advance(long index) throws IOException, InterruptedException {
    long began = System.nanoTime();
    RangeResponse answer =
        client.call(
            KVGrpc.getRangeMethod(),
            request().setLimit(1).setKeysOnly(true).setMinModRevision(index + 1).build());
    long now = System.nanoTime();
    due = now + Math.max(PAUSE, REST * (now - began));
    boolean same = answer.getKvsCount() == 0 && answer.getCount() == count;
    return same ? Math.max(index, answer.getHeader().getRevision()) : index;
  }

  private RangeRequest.Builder request() {
    return RangeRequest.newBuilder().setKey(range.from()).setRangeEnd(range.end());
  }
}
