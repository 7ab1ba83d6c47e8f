package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.Event;
import org.jspecify.annotations.Nullable;

/**
 * Asks a silent server how far the watch is. The answer comes as progress of the stream, in its
 * place behind the events; it may also not come, while the watch is still catching up. What never
 * answers is no server of etcd's, or a watch that is dead: {@code etcd grpc-proxy} passes no such
 * question on, and keeps a watch open that it has lost. Then the range itself is read instead.
 */
final class ProgressRequests implements Silence {

  /** Of a client that is alone; many take turns. */
  private static final long PAUSE = Duration.ofSeconds(1).toNanos();

  private static final int MOST_UNANSWERED = 10;

  /** Reads the range at an index, to go on from there. */
  @FunctionalInterface
  interface Instead {
    QuietProof from(long index) throws IOException, InterruptedException;
  }

  private final V3Client client;
  private final WatchCall watch;
  private final Instead instead;

  /** When it was asked, or something came, last. */
  private long restsSince = System.nanoTime();

  private long pause = PAUSE;
  private int unanswered;

  /** When the oldest request was sent that has no answer. */
  private long askedNanos;

  private long answeredNanos = restsSince;

  /** False for a request, whose answer comes later and in its place. */
  private boolean proven;

  /** Null as long as the server answers. */
  private @Nullable QuietProof proof;

  ProgressRequests(V3Client client, WatchCall watch, Instead instead) {
    this.client = client;
    this.watch = watch;
    this.instead = instead;
  }

  @Override
  public void heard(long arrivedNanos) {
    rest(client.idleNanos(PAUSE));
    answeredNanos = unanswered > 0 ? askedNanos : arrivedNanos;
    unanswered = 0;
    if (proof != null) {
      proof.heard(arrivedNanos);
    }
  }

  @Override
  public void answered(long index, long told, long next) {
    // These servers tell when a compaction has overtaken the watch.
  }

  @Override
  public void see(Event event) {
    // Else the server keeps the account.
    if (proof != null) {
      proof.see(event);
    }
  }

  @Override
  public long nanosUntilDue() {
    if (proof != null) {
      return proof.nanosUntilDue();
    }
    long wanted = client.isProofWanted() ? Math.min(PAUSE, pause) : pause;
    return Math.max(0, restsSince + wanted - System.nanoTime());
  }

  private void rest(long time) {
    restsSince = System.nanoTime();
    pause = time;
  }

  @Override
  public long advance(long index) throws IOException, LostEventsException, InterruptedException {
    if (proof != null) {
      long shown = proof.advance(index);
      proven = proof.isProven();
      return shown;
    }
    if (unanswered == MOST_UNANSWERED) {
      proof = instead.from(index);
      return index;
    }
    if (unanswered == 0) {
      askedNanos = System.nanoTime();
    }
    unanswered++;
    client.proofAsked(index);
    watch.requestProgress();
    // What goes unanswered is asked again soon.
    rest(PAUSE);
    return index;
  }

  @Override
  public long answeredNanos() {
    return answeredNanos;
  }

  @Override
  public boolean isProven() {
    return proven;
  }
}
