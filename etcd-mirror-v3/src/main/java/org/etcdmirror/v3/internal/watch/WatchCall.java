package org.etcdmirror.v3.internal.watch;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v3.internal.client.AnsweringCluster;
import org.etcdmirror.v3.internal.client.CancelReason;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Failures;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.client.V3ProtocolException;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.internal.client.WatchLimit;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.MaintenanceGrpc;
import org.etcdmirror.v3.rpc.StatusRequest;
import org.etcdmirror.v3.rpc.StatusResponse;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchProgressRequest;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * One watch on the wire. Few answers are asked for beforehand, so the server waits. One thread
 * takes; any may wake or close.
 */
public final class WatchCall extends ClientCall.Listener<WatchResponse> implements AutoCloseable {

  private static final Answer NOTHING = new Answer(null, null, 0);

  private record Answer(
      @Nullable WatchResponse response, @Nullable Status end, long arrivedNanos) {}

  private final V3Client client;
  private final WatchLimit.Form form;
  private final V3Stream<WatchRequest, WatchResponse> stream;

  /** Bounded by the credit. */
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

  private final WatchCredit credit = new WatchCredit();
  private final AnsweringCluster.Membership membership;
  private volatile @Nullable String hopeless;

  /** Whether it was created, and nothing but progress came since. Used by callbacks alone. */
  private boolean awaitsEvents;

  private final WatchAnswerCheck check;
  private final long start;

  /** How long the rest of an answer may stay away. */
  private final long restNanos;

  private long arrivedNanos;

  /** The next answer may be requested only by then. */
  private long takenNanos;

  private final Runnable waker = this::wakeIfIdle;
  private boolean closed;
  private volatile boolean over;

  private WatchCall(V3Client client, KeyRange range, long start, long restNanos)
      throws IOException {
    this.client = client;
    this.start = start;
    this.restNanos = restNanos;
    this.form = client.streams().watchForm();
    this.check = new WatchAnswerCheck(range, form.inPieces());
    this.stream = client.streams().watch(WatchGrpc.getWatchMethod(), range, form);
    this.membership = client.cluster().new Membership(toString());
  }

  public static WatchCall start(V3Client client, KeyRange range, long revision) throws IOException {
    return start(
        client, range, revision, client.streams().watchPatience().nanosWithinAnswer(revision));
  }

  /** Starts a watch with other patience within an answer, for tests. */
  static WatchCall start(V3Client client, KeyRange range, long revision, long restNanos)
      throws IOException {
    WatchCall watch = new WatchCall(client, range, revision, restNanos);
    ClientCall<WatchRequest, WatchResponse> call = watch.stream.call();
    call.start(watch, new Metadata());
    call.request(watch.credit.more());
    call.sendMessage(creation(range, revision, watch.form));
    return watch;
  }

  /** The request for a watch from a revision on; 0 for "from now on". */
  static WatchRequest creation(KeyRange range, long revision, WatchLimit.Form form) {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder()
                .setKey(range.from())
                .setRangeEnd(range.end())
                .setStartRevision(revision)
                .setProgressNotify(true)
                .setFragment(form.inPieces()))
        .build();
  }

  /** The status of the server of this watch. */
  CompletableFuture<StatusResponse> status() {
    return client
        .streams()
        .sendBeside(stream, MaintenanceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
  }

  /** Asks how far the watch is; the answer may not come. Only for a watch that was created. */
  synchronized void requestProgress() {
    if (!closed) {
      stream
          .call()
          .sendMessage(
              WatchRequest.newBuilder()
                  .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                  .build());
    }
  }

  @Override
  public void onMessage(WatchResponse response) {
    if (response.getEventsCount() > 0) {
      client.streams().watchLimit().kept();
    }
    awaitsEvents = response.getEventsCount() == 0 && (awaitsEvents || response.getCreated());
    credit.came(response.getSerializedSize());
    answers.add(new Answer(response, null, System.nanoTime()));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (V3Failures.problem(status) == V3Problem.ANSWER_TOO_LARGE) {
      hopeless = client.streams().watchLimit().exceeded(form);
    } else if (awaitsEvents && status.getCode() == Status.Code.UNAVAILABLE) {
      client.streams().watchLimit().lost(form);
    }
    over = true;
    answers.add(new Answer(null, status, 0));
  }

  /** Whether nothing more will come. */
  boolean isOver() {
    return over;
  }

  /** Makes a waiting {@link #take}, or the next one, return without an answer. */
  void wake() {
    answers.add(NOTHING);
  }

  /** Wakes the taker whenever somebody waits for a proof; until the close. */
  void wakeForProofs() {
    client.addWaker(waker);
  }

  private void wakeIfIdle() {
    if (answers.isEmpty()) {
      wake();
    }
  }

  /**
   * The next answer, or null if none came in time or another thread woke this one.
   *
   * @throws V3ProtocolException if no etcd would answer so
   * @throws IOException if the watch is over, answers without bringing anything, or does not end an
   *     answer
   */
  @Nullable WatchResponse take(long nanos) throws IOException, InterruptedException {
    long most = check.inAnswer() ? Math.min(nanos, nanosOfRest()) : nanos;
    Answer answer = answers.poll(most, TimeUnit.NANOSECONDS);
    if (answer == null) {
      if (check.inAnswer() && nanosOfRest() == 0) {
        throw unfinished();
      }
      return null;
    }
    if (answer.end() != null) {
      // The next call of take meets it again.
      answers.add(answer);
      throw ended(answer.end());
    }
    WatchResponse response = answer.response();
    if (response != null) {
      arrivedNanos = answer.arrivedNanos();
      takenNanos = System.nanoTime();
      credit.taken(response.getSerializedSize());
      askForMore();
      membership.heard(response.getHeader());
      refuseFlaw(response);
      if (response.getCreated() && !response.getCanceled()) {
        client.streams().letIn(stream);
      }
    }
    return response;
  }

  private long nanosOfRest() {
    return Math.max(0, takenNanos + restNanos - System.nanoTime());
  }

  /** The watch would show nothing more, and its silence proves nothing within an answer. */
  private IOException unfinished() {
    client.streams().watchPatience().silent(start);
    avoidMember();
    return new IOException(
        "%s sent a part of an answer, and nothing of the rest within %d s"
            .formatted(this, Duration.ofNanos(restNanos).toSeconds()));
  }

  /** When the answer came that was taken last. */
  long arrivedNanos() {
    return arrivedNanos;
  }

  private void refuseFlaw(WatchResponse response) throws IOException {
    String flaw = check.flaw(response);
    if (flaw != null) {
      avoidMember();
      throw new V3ProtocolException(
          stream.method().getFullMethodName(), stream.member().endpoint(), flaw);
    }
    check.came(toString(), response);
  }

  private void askForMore() {
    int more = credit.more();
    if (more > 0) {
      stream.call().request(more);
    }
  }

  /** A server may also end a stream without a complaint. */
  private IOException ended(Status status) {
    String why = hopeless;
    if (why != null) {
      throw new PermanentException(why);
    }
    IOException failure =
        client
            .streams()
            .failed(
                stream,
                status.isOk() ? Status.UNAVAILABLE.withDescription("the watch ended") : status);
    return !form.inPieces() && V3Failures.problem(status) == V3Problem.ANSWER_TOO_LARGE
        ? new LargeAnswerException(failure)
        : failure;
  }

  /**
   * Explains the cancel of the watch.
   *
   * @throws org.etcdmirror.api.PermanentException if it always would
   */
  IOException refused(String reason) {
    return client.streams().failed(stream, CancelReason.status(reason));
  }

  /**
   * Called before results of other calls are used.
   *
   * @throws IOException if another cluster has answered them
   */
  void checkCluster() throws IOException {
    membership.check();
  }

  /** Makes the next watch one with another member. */
  void avoidMember() {
    client.streams().avoid(stream);
  }

  @Override
  public String toString() {
    return "watch at " + stream.member();
  }

  @Override
  public synchronized void close() {
    closed = true;
    client.removeWaker(waker);
    stream.call().cancel("closed", null);
  }
}
