package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Status;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * The members of a cluster, one of which is in use at a time. A failure that shows that it can't
 * serve moves on to the next. Safe for use by many threads.
 */
public final class V3Members implements AutoCloseable {

  private final List<V3Member> members = new ArrayList<>();
  private final AtomicInteger current = new AtomicInteger();
  private final @Nullable V3Login login;
  private final V3Refusals refusals;

  private V3Members(@Nullable V3Login login, V3Refusals refusals) {
    this.login = login;
    this.refusals = refusals;
  }

  static V3Members of(List<String> endpoints, Access access, Duration refused) {
    List<URI> servers = V3Endpoints.parse(endpoints);
    List<String> names = servers.stream().map(URI::toString).toList();
    Refusals rule = new Refusals(names, refused, System::nanoTime);
    V3Login login = access.user() == null ? null : new V3Login(access.user(), access);
    V3Members all = new V3Members(login, new V3Refusals(rule));
    try {
      for (URI endpoint : servers) {
        all.members.add(new V3Member(endpoint, V3Tls.of(endpoint, access), all::noteFailure));
      }
      return all;
    } catch (RuntimeException e) {
      all.close();
      throw e;
    }
  }

  /** The number of endpoints. */
  public int size() {
    return members.size();
  }

  /** The member that is in use. */
  V3Member current() {
    return members.get(current.get());
  }

  /** Makes what is asked from now on be asked of the next endpoint. */
  public void moveOn() {
    moveOnFrom(current());
  }

  /** Moves on to the next member, unless another thread already has. */
  void moveOnFrom(V3Member member) {
    int index = members.indexOf(member);
    current.compareAndSet(index, (index + 1) % members.size());
  }

  /** Options of a call without a deadline. */
  CallOptions options(V3Member member) {
    return login == null
        ? CallOptions.DEFAULT
        : CallOptions.DEFAULT.withCallCredentials(login.credentials(member));
  }

  /** Options of a call with the usual deadline. */
  CallOptions timed(V3Member member) {
    return options(member).withDeadlineAfter(V3Client.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The name of the user; null for an anonymous one. */
  @Nullable String user() {
    return login == null ? null : login.user();
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

  void noteFailure(V3Member member, Status status) {
    V3Problem problem = V3Failures.problem(status);
    if (problem == V3Problem.MEMBER_FAILED && !(status.getCause() instanceof PermanentException)) {
      moveOnFrom(member);
    }
    if (problem == V3Problem.STALE_TOKEN && login != null) {
      login.forget();
    }
  }

  /** A request was answered: it may be asked. */
  void letIn(V3Asked asked) {
    refusals.letIn(asked);
  }

  /** A refusal that may pass leads on to the next member: each must repeat it. */
  Throwable judged(Throwable failure, V3Asked asked, V3Member member) {
    Throwable judged = refusals.judged(failure, asked, member);
    if (judged instanceof V3ErrorException refused && refused.problem().isRefusal()) {
      moveOnFrom(member);
    }
    return judged;
  }

  /** The endpoints. */
  @Override
  public String toString() {
    return members.stream().map(V3Member::endpoint).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    members.forEach(V3Member::close);
  }
}
