package org.etcdmirror.v3.internal.client;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.jspecify.annotations.Nullable;

/**
 * One etcd cluster: watches on one channel, everything else on another. Safe for use by many
 * threads.
 *
 * <p>One member is in use at a time; a call or stream that shows that it can't serve moves the
 * client on to the next.
 */
public final class V3Client implements AutoCloseable {

  /** The server itself gives up after 7 s by default, and its answer is worth having. */
  public static final Duration DEADLINE = Duration.ofSeconds(10);

  private static final KeyRange NO_KEYS = KeyRange.single(ByteString.EMPTY);

  private final List<V3Member> members = new ArrayList<>();
  private final AtomicInteger current = new AtomicInteger();
  private final @Nullable V3Login login;
  private final WatchLimit watchLimit = new WatchLimit();
  private final AnsweringCluster cluster = new AnsweringCluster();
  private final V3Refusals refusals;
  private volatile boolean mayStreamRanges = true;

  private V3Client(@Nullable V3Login login, V3Refusals refusals) {
    this.login = login;
    this.refusals = refusals;
  }

  /**
   * Nothing is connected yet.
   *
   * @throws IllegalArgumentException if an endpoint or a certificate is not usable; one line says
   *     which
   */
  public static V3Client connect(List<String> endpoints, Access access) {
    return connect(endpoints, access, Refusals.PATIENCE);
  }

  /**
   * The same.
   *
   * @param refused how long each endpoint must repeat a refusal before it is final
   */
  public static V3Client connect(List<String> endpoints, Access access, Duration refused) {
    List<URI> servers = V3Endpoints.parse(endpoints);
    List<String> names = servers.stream().map(URI::toString).toList();
    Refusals rule = new Refusals(names, refused, System::nanoTime);
    V3Login login = access.user() == null ? null : new V3Login(access.user(), access);
    V3Client client = new V3Client(login, new V3Refusals(rule));
    try {
      for (URI endpoint : servers) {
        client.members.add(new V3Member(endpoint, V3Tls.of(endpoint, access), client::noteFailure));
      }
      return client;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
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
    attempt(method, request, mostBytes, answer, login != null);
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

  /** A call on the watches' channel, without a deadline, to be started by the caller. */
  public <Q, R> V3Stream<Q, R> stream(MethodDescriptor<Q, R> method) {
    V3Member member = member();
    V3Asked asked = V3Asked.change(method);
    return new V3Stream<>(
        member.watches().newCall(method, options(member)), member, method, asked, NO_KEYS);
  }

  /** The same for a watch: an answer that is much larger than it should be ends it, unread. */
  public <Q, R> V3Stream<Q, R> watch(MethodDescriptor<Q, R> method, KeyRange range) {
    V3Asked asked = V3Asked.watch(range);
    V3Member member = member();
    CallOptions options = options(member).withMaxInboundMessageSize(watchLimit.bytes());
    return new V3Stream<>(member.watches().newCall(method, options), member, method, asked, range);
  }

  /** A stream was answered: it may be asked for. */
  public void letIn(V3Stream<?, ?> stream) {
    refusals.letIn(stream.asked());
  }

  /** The cluster that answers the calls. */
  public AnsweringCluster cluster() {
    return cluster;
  }

  /** The size limit of a watch's answer. */
  public WatchLimit watchLimit() {
    return watchLimit;
  }

  /** The same for an answer of many messages, on the channel of the calls. */
  public <R> V3Stream<RangeRequest, R> bulk(
      MethodDescriptor<RangeRequest, R> method, RangeRequest request) {
    V3Asked asked = V3Asked.of(method, request);
    KeyRange range = new KeyRange(request.getKey(), request.getRangeEnd());
    V3Member member = member();
    return new V3Stream<>(
        member.calls().newCall(method, options(member)), member, method, asked, range);
  }

  /** Whether it is worth a try to have a range streamed. */
  public boolean mayStreamRanges() {
    return mayStreamRanges;
  }

  /** Records that the cluster is too old for it. */
  public void lacksRangeStreams() {
    mayStreamRanges = false;
  }

  /** Asks the very server that a stream is on: they share a connection. */
  public <Q, R> CompletableFuture<R> sendBeside(
      V3Stream<?, ?> stream, MethodDescriptor<Q, R> method, Q request) {
    V3Member member = stream.member();
    return V3Calls.unary(member, member.watches(), method, timed(member), request, user());
  }

  /**
   * Converts the failure of a stream, or a refusal in a message of it. The next stream uses another
   * member if that may help.
   *
   * @throws PermanentException if it will never work
   */
  public IOException failed(V3Stream<?, ?> stream, Status status) {
    noteFailure(stream.member(), status);
    Throwable failure =
        V3Failures.of(
            stream.member().explained(status),
            stream.member().endpoint(),
            stream.method().getFullMethodName(),
            user(),
            () -> V3Rights.of(stream.range()));
    boolean probe = stream.method() == KVGrpc.getRangeStreamMethod();
    if (!probe || V3Failures.problem(status) != V3Problem.UNKNOWN_METHOD) {
      failure = judged(failure, stream.asked(), stream.member());
    }
    if (failure instanceof PermanentException permanent) {
      throw permanent;
    }
    return failure instanceof IOException passing ? passing : new IOException(failure);
  }

  /** Moves on from the member of a stream, which answers and yet is of no use, being behind. */
  public void avoid(V3Stream<?, ?> stream) {
    moveOnFrom(stream.member());
  }

  /** The number of endpoints. */
  public int endpoints() {
    return members.size();
  }

  /** Makes what is asked from now on be asked of the next endpoint. */
  public void moveOn() {
    moveOnFrom(member());
  }

  /**
   * Whether a new token may cure this; the next call fetches one then. Older servers refuse a watch
   * with an expired token as if its user lacked the right.
   */
  public boolean logsInAgainAfter(V3Problem problem) {
    boolean mayHelp =
        login != null
            && (problem == V3Problem.STALE_TOKEN || problem == V3Problem.PERMISSION_DENIED);
    if (login != null && mayHelp) {
      login.forget();
    }
    return mayHelp;
  }

  @Override
  public void close() {
    members.forEach(V3Member::close);
  }

  private <Q, R> void attempt(
      MethodDescriptor<Q, R> method,
      Q request,
      int mostBytes,
      CompletableFuture<R> answer,
      boolean mayLogInAgain) {
    V3Member member = member();
    if (member.isClosed()) {
      answer.completeExceptionally(member.closed());
      return;
    }
    CallOptions options = timed(member).withMaxInboundMessageSize(mostBytes);
    CompletableFuture<R> attempt =
        V3Calls.unary(member, member.calls(), method, options, request, user());
    CompletableFuture<R> unused =
        attempt.whenComplete(
            (result, failure) -> {
              String flaw = failure == null ? AnswerCheck.flaw(request, result) : null;
              if (flaw != null) {
                moveOnFrom(member);
                answer.completeExceptionally(
                    new V3ProtocolException(method.getFullMethodName(), member.endpoint(), flaw));
              } else if (failure == null) {
                cluster.heard(result);
                refusals.letIn(V3Asked.of(method, request));
                answer.complete(result);
              } else if (mayLogInAgain && isStale(failure)) {
                attempt(method, request, mostBytes, answer, false);
              } else {
                answer.completeExceptionally(judged(failure, V3Asked.of(method, request), member));
              }
            });
    CompletableFuture<R> unusedToo =
        answer.whenComplete(
            (result, failure) -> {
              if (answer.isCancelled()) {
                attempt.cancel(true);
              }
            });
  }

  /** A refusal that may pass leads on to the next member: each must repeat it. */
  private Throwable judged(Throwable failure, V3Asked asked, V3Member member) {
    Throwable judged = refusals.judged(failure, asked, member);
    if (judged instanceof V3ErrorException refused && refused.problem().isRefusal()) {
      moveOnFrom(member);
    }
    return judged;
  }

  private CallOptions timed(V3Member member) {
    return options(member).withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private CallOptions options(V3Member member) {
    return login == null
        ? CallOptions.DEFAULT
        : CallOptions.DEFAULT.withCallCredentials(login.credentials(member));
  }

  private @Nullable String user() {
    return login == null ? null : login.user();
  }

  private V3Member member() {
    return members.get(current.get());
  }

  private void noteFailure(V3Member member, Status status) {
    V3Problem problem = V3Failures.problem(status);
    if (problem == V3Problem.MEMBER_FAILED && !(status.getCause() instanceof PermanentException)) {
      moveOnFrom(member);
    }
    if (problem == V3Problem.STALE_TOKEN && login != null) {
      login.forget();
    }
  }

  /** Moves on to the next member, unless another thread already has. */
  private void moveOnFrom(V3Member member) {
    int index = members.indexOf(member);
    current.compareAndSet(index, (index + 1) % members.size());
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof V3ErrorException error && error.problem() == V3Problem.STALE_TOKEN;
  }
}
