package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;

/**
 * One etcd cluster: single calls to the member that is in use, and {@linkplain V3Streams streams}.
 * Watches have a channel of their own. Safe for use by many threads.
 */
public final class V3Client implements AutoCloseable {

  /**
   * For a request that is not large. The server itself gives up after 7 s by default, and its
   * answer is worth having.
   */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  private final V3Members members;
  private final Duration deadline;

  /** Whether the deadline is that of the caller, which no request exceeds. */
  private final boolean hasOwnDeadline;

  private final V3Streams streams;
  private final AnsweringCluster cluster = new AnsweringCluster();

  /** The revision for which somebody may wait; 0 for none. */
  private final AtomicLong wanted = new AtomicLong();

  /** They wake the streams. */
  private final List<Runnable> wakers = new CopyOnWriteArrayList<>();

  private V3Client(V3Members members, Duration deadline, boolean hasOwnDeadline) {
    this.members = members;
    this.deadline = deadline;
    this.hasOwnDeadline = hasOwnDeadline;
    this.streams = new V3Streams(members);
  }

  /**
   * A client with connections of its own. Nothing is connected yet.
   *
   * @throws IllegalArgumentException if an endpoint or a certificate is not usable; one line says
   *     which
   */
  public static V3Client connect(List<String> endpoints, Access access) {
    return connect(new ChannelPool(), endpoints, access, Refusals.PATIENCE);
  }

  /**
   * A client whose connections others may share.
   *
   * @param pool where the connections come from
   * @param refused how long each endpoint must repeat a refusal before it is final
   * @throws IllegalArgumentException if an endpoint or a certificate is not usable; one line says
   *     which
   */
  public static V3Client connect(
      ChannelPool pool, List<String> endpoints, Access access, Duration refused) {
    return new V3Client(V3Members.of(pool, false, endpoints, access, refused), DEADLINE, false);
  }

  /**
   * A client of small requests, whose connections carry no large ones.
   *
   * @param pool where the connections come from
   * @param refused how long each endpoint must repeat a refusal before it is final
   * @param deadline how long one call may take, whatever its size and the line
   * @throws IllegalArgumentException if an endpoint or a certificate is not usable; one line says
   *     which
   */
  public static V3Client connect(
      ChannelPool pool,
      List<String> endpoints,
      Access access,
      Duration refused,
      Duration deadline) {
    return new V3Client(V3Members.of(pool, true, endpoints, access, refused), deadline, true);
  }

  /** How long a small call may take. */
  public Duration deadline() {
    return deadline;
  }

  /**
   * One attempt on the member that is in use, which is another one after a failure of that member.
   * A failed write may have been applied all the same.
   *
   * @throws IOException if it may work later
   * @throws PermanentException if it never will
   * @throws InterruptedException if the thread was interrupted; the call is cancelled then
   */
  public <Q, R> R call(MethodDescriptor<Q, R> method, Q request)
      throws IOException, InterruptedException {
    return await(send(method, request));
  }

  /** Waits for what was sent; throws what {@link #call} throws. */
  public static <R> R await(CompletableFuture<R> answer) throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException transientFailure) {
        throw transientFailure;
      }
      if (e.getCause() instanceof PermanentException permanent) {
        throw permanent;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /**
   * The same without waiting; fails with what {@link #call} throws. Cancelled, it ends the call.
   */
  public <Q, R> CompletableFuture<R> send(MethodDescriptor<Q, R> method, Q request) {
    return send(method, request, Integer.MAX_VALUE);
  }

  /** The same; an answer of more bytes fails with {@link V3Problem#ANSWER_TOO_LARGE}, unread. */
  public <Q, R> CompletableFuture<R> send(MethodDescriptor<Q, R> method, Q request, int mostBytes) {
    CompletableFuture<R> answer = new CompletableFuture<>();
    attempt(method, request, mostBytes, answer, members.user() != null);
    return answer;
  }

  /**
   * Asks each member once before it gives up. For linearizable reads, which are the same from each
   * and do no harm when repeated.
   *
   * @throws IOException if it may work later
   * @throws PermanentException if it never will
   */
  public <Q, R> R read(MethodDescriptor<Q, R> method, Q request)
      throws IOException, InterruptedException {
    return read(method, request, Integer.MAX_VALUE);
  }

  /** The same; an answer of more bytes fails with {@link V3Problem#ANSWER_TOO_LARGE}, unread. */
  public <Q, R> R read(MethodDescriptor<Q, R> method, Q request, int mostBytes)
      throws IOException, InterruptedException {
    List<IOException> failures = new ArrayList<>();
    while (true) {
      try {
        return await(send(method, request, mostBytes));
      } catch (V3ErrorException e) {
        failures.forEach(e::addSuppressed);
        boolean elsewhere = e.problem() == V3Problem.MEMBER_FAILED || e.problem().isRefusal();
        if (!elsewhere || failures.size() + 1 >= members.size()) {
          throw e;
        }
        failures.add(e);
      }
    }
  }

  /** The members, one of which is asked. */
  public V3Members members() {
    return members;
  }

  /** The calls that last. */
  public V3Streams streams() {
    return streams;
  }

  /** The cluster that answers the calls. */
  public AnsweringCluster cluster() {
    return cluster;
  }

  /** How long an idle stream or sink of this client waits before it asks again. */
  public long idleNanos(long least) {
    return members.shared().turnNanos(least);
  }

  /**
   * Somebody may wait until a stream of this client is at a revision: its proofs do not wait for
   * their turns until then.
   */
  public void wantProof(long revision) {
    wanted.set(revision);
    wakers.forEach(Runnable::run);
  }

  /**
   * Has a stream look whether a proof is wanted.
   *
   * @param waker must be fast; {@link #removeWaker} ends it
   */
  public void addWaker(Runnable waker) {
    wakers.add(waker);
  }

  public void removeWaker(Runnable waker) {
    wakers.remove(waker);
  }

  /** Whether the next proof of an idle stream is not to wait for its turn. */
  public boolean isProofWanted() {
    return wanted.get() != 0;
  }

  /** An idle stream, which is complete through an index, is about to ask for a proof. */
  public void proofAsked(long index) {
    long before = wanted.get();
    if (index >= before) {
      wanted.compareAndSet(before, 0);
    }
  }

  @Override
  public void close() {
    members.close();
  }

  private <Q, R> void attempt(
      MethodDescriptor<Q, R> method,
      Q request,
      int mostBytes,
      CompletableFuture<R> answer,
      boolean mayLogInAgain) {
    V3Member member;
    try {
      member = members.current();
    } catch (IOException | ClosedException e) {
      answer.completeExceptionally(e);
      return;
    }
    if (member.isClosed()) {
      answer.completeExceptionally(member.closed());
      return;
    }
    RequestTimes times = member.times();
    CallOptions options =
        members.timed(member, limit(times.sent(request))).withMaxInboundMessageSize(mostBytes);
    long began = System.nanoTime();
    CompletableFuture<R> attempt;
    try {
      attempt = V3Calls.unary(member, member.calls(), method, options, request, members.user());
    } catch (RuntimeException | Error e) {
      times.ended(request, 0, e);
      throw e;
    }
    CompletableFuture<R> unused =
        attempt.whenComplete((result, failure) -> {
          try {
            times.ended(request, System.nanoTime() - began, failure);
            if (failure == null) {
              take(method, request, result, member, answer);
            } else if (mayLogInAgain && isStale(failure)) {
              attempt(method, request, mostBytes, answer, false);
            } else {
              answer.completeExceptionally(
                  members.judged(failure, V3Asked.of(method, request), member));
            }
          } catch (Throwable e) {
            // An Error too: the caller would wait without end.
            answer.completeExceptionally(e);
          }
        });
    CompletableFuture<R> unusedToo =
        answer.whenComplete((result, failure) -> {
          if (answer.isCancelled()) {
            attempt.cancel(true);
          }
        });
  }

  /** A client with a deadline of its own keeps to it, because its requests are small and urgent. */
  Duration limit(Duration needed) {
    return hasOwnDeadline ? deadline : needed;
  }

  private <Q, R> void take(
      MethodDescriptor<Q, R> method,
      Q request,
      R result,
      V3Member member,
      CompletableFuture<R> answer) {
    String flaw = AnswerCheck.flaw(request, result);
    if (flaw == null) {
      cluster.heard(result);
      members.letIn(V3Asked.of(method, request));
      answer.complete(result);
    } else {
      members.moveOnFrom(member);
      answer.completeExceptionally(
          new V3ProtocolException(method.getFullMethodName(), member.endpoint(), flaw));
    }
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof V3ErrorException error && error.problem() == V3Problem.STALE_TOKEN;
  }
}
