package org.etcdmirror.v3.internal.watch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.internal.client.WatchLimit;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * Stripes that read history side by side, and are handed on one after the other. It is given up as
 * a whole when one of them fails. One thread takes; any may close.
 */
final class StripeSet implements AutoCloseable {

  private final StripeLimits limits;
  private final StripePlan plan;
  private final long cluster;
  private final KeptHistory history;
  private final List<Stripe> stripes = new ArrayList<>();

  /** How many have been handed on. */
  private int handedOn;

  /** How many are known to be complete. */
  private int proven;

  private long lastArrival = System.nanoTime();
  private boolean closed;

  private StripeSet(
      V3Client client, KeyRange range, StripeLimits limits, StripePlan plan, long id) {
    this.limits = limits;
    this.plan = plan;
    this.cluster = id;
    this.history = new KeptHistory(client, range);
  }

  private void start(V3Client client, KeyRange range) throws IOException {
    WatchLimit.Form form = client.streams().watchForm(plan.mostWireBytes());
    List<V3Stream<WatchRequest, WatchResponse>> streams =
        client.streams().watches(WatchGrpc.getWatchMethod(), range, plan.count(), form);
    for (int i = 0; i < plan.count(); i++) {
      stripes.add(
          new Stripe(
              client,
              streams.get(i),
              form,
              plan.start(i),
              plan.start(i + 1) - 1,
              limits.revisions(),
              plan.bytesEach(),
              this::came));
    }
    stripes.forEach(Stripe::start);
  }

  /**
   * Opens a set, if there is much to read and room for it.
   *
   * @param pace of the history after the index
   * @return null if one watch does as well
   */
  static @Nullable StripeSet open(
      V3Client client, KeyRange range, StripeLimits limits, HistoryPace pace, long index)
      throws IOException {
    StripePlan wanted = StripePlan.of(limits, pace, index);
    int count = limits.room().take(pace.cluster(), wanted.count(), wanted.bytesEach());
    StripePlan plan = wanted.withCount(count);
    if (count < StripePlan.FEWEST) {
      limits.room().giveBack(pace.cluster(), count, plan.bytesEach());
      return null;
    }
    StripeSet set = new StripeSet(client, range, limits, plan, pace.cluster());
    boolean started = false;
    try {
      set.start(client, range);
      started = true;
      return set;
    } finally {
      if (!started) {
        set.close();
      }
    }
  }

  private synchronized void came() {
    lastArrival = System.nanoTime();
    notifyAll();
  }

  /** Whether all of it was handed on. */
  boolean isDone() {
    return handedOn == stripes.size();
  }

  /**
   * Waits for the next stripe.
   *
   * @return the stripe, complete; null if it is not complete in time
   * @throws GivenUpException if this set will not go on
   */
  @Nullable Stripe take(long nanos) throws GivenUpException, InterruptedException {
    Stripe next = stripes.get(handedOn);
    if (!awaitReady(next, nanos)) {
      return null;
    }
    if (isOnOtherMember(next)) {
      throw new GivenUpException(next + " is answered by another member");
    }
    if (handedOn == proven) {
      prove();
    }
    handedOn++;
    return next;
  }

  private synchronized boolean awaitReady(Stripe next, long nanos)
      throws GivenUpException, InterruptedException {
    long end = System.nanoTime() + nanos;
    while (!next.isReady()) {
      refuseFailed();
      long now = System.nanoTime();
      long left = Math.min(end - now, lastArrival + limits.patience().toNanos() - now);
      if (end - now <= 0) {
        return false;
      }
      if (left <= 0) {
        throw new GivenUpException(next + " is silent");
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private boolean isOnOtherMember(Stripe stripe) {
    return stripe.member() != stripes.get(0).member();
  }

  private void refuseFailed() throws GivenUpException {
    if (closed) {
      throw new GivenUpException("closed");
    }
    for (Stripe stripe : stripes.subList(handedOn, stripes.size())) {
      String failure = stripe.failure();
      if (failure != null) {
        throw new GivenUpException(stripe + ": " + failure);
      }
    }
  }

  /**
   * A server may leave out without an error what is compacted while it reads (etcd issue 17555). So
   * nothing that is yet to be handed on may have been compacted after it had come.
   */
  private void prove() throws GivenUpException, InterruptedException {
    int ready = handedOn;
    while (ready < stripes.size() && stripes.get(ready).isReady()) {
      ready++;
    }
    if (!isKept(plan.start(handedOn) - 1)) {
      throw new GivenUpException("history was compacted above " + (plan.start(handedOn) - 1));
    }
    proven = ready;
  }

  private boolean isKept(long index) throws GivenUpException, InterruptedException {
    try {
      return history.isKept(index);
    } catch (IOException e) {
      throw new GivenUpException(e.getMessage());
    }
  }

  /** The pace of the history at the end of the set. */
  HistoryPace pace() {
    return stripes.get(stripes.size() - 1).pace();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      notifyAll();
    }
    stripes.forEach(Stripe::end);
    limits.room().giveBack(cluster, plan.count(), plan.bytesEach());
  }

  /** The set does not go on; what is wrong shows again in the watch that reads on. */
  static final class GivenUpException extends Exception {

    private static final long serialVersionUID = 1L;

    GivenUpException(@Nullable String message) {
      super(message);
    }
  }
}
