package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.DiscoveredEndpoints;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.internal.SrvName;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * The members of a cluster, one of which is in use at a time. A failure that shows that it can't
 * serve moves on to the next. Safe for use by many threads.
 */
public final class V3Members implements AutoCloseable {

  private final ChannelPool pool;
  private final SharedCluster shared;
  private final boolean isUrgent;
  private final Access access;
  private final @Nullable V3Login login;

  /** The login that the newest call went by. */
  private volatile V3Login.@Nullable Attempt used;

  private final Refusals rule;
  private final V3Refusals refusals;
  private final AtomicReference<@Nullable V3Member> current = new AtomicReference<>();

  /** Where DNS names the members; null if the user did. */
  private final @Nullable DiscoveredEndpoints discovered;

  private volatile List<V3Member> members = List.of();
  private volatile boolean closed;

  private V3Members(
      ChannelPool pool,
      SharedCluster shared,
      boolean isUrgent,
      Access access,
      Duration refused,
      @Nullable SrvName name) {
    this.pool = pool;
    this.shared = shared;
    this.isUrgent = isUrgent;
    this.access = access;
    this.login = shared.login();
    this.rule = new Refusals(List.of(), refused, System::nanoTime);
    this.refusals = new V3Refusals(rule);
    this.discovered =
        name == null
            ? null
            : new DiscoveredEndpoints(name, access, texts -> use(V3Endpoints.parse(texts)));
  }

  /**
   * The members that a user or DNS names.
   *
   * @param pool what their connections are taken from
   * @param isUrgent whether requests are small and must not wait behind large ones
   */
  static V3Members of(
      ChannelPool pool, boolean isUrgent, List<String> endpoints, Access access, Duration refused) {
    SrvName name = SrvName.of(endpoints).orElse(null);
    SharedCluster shared = pool.enter(endpoints, access);
    boolean made = false;
    try {
      V3Members all = new V3Members(pool, shared, isUrgent, access, refused, name);
      if (name == null) {
        all.use(V3Endpoints.parse(endpoints));
      }
      made = true;
      return all;
    } finally {
      if (!made) {
        pool.leave(shared);
      }
    }
  }

  /** Uses these endpoints. A member that stays keeps its connections. */
  private synchronized void use(List<URI> servers) {
    Map<String, V3Member> before = new HashMap<>();
    members.forEach(member -> before.put(member.endpoint(), member));
    List<V3Member> now = new ArrayList<>();
    List<V3Member> made = new ArrayList<>();
    try {
      for (URI server : servers) {
        V3Member member = before.remove(server.toString());
        if (member == null) {
          member = new V3Member(server, pool.lease(server, access, isUrgent), this::noteFailure);
          made.add(member);
        }
        now.add(member);
      }
    } catch (RuntimeException e) {
      made.forEach(V3Member::close);
      throw e;
    }
    rule.endpointsAre(now.stream().map(V3Member::endpoint).toList());
    members = List.copyOf(now);
    V3Member inUse = current.get();
    if (inUse == null || !now.contains(inUse)) {
      current.set(now.get(0));
    }
    before.values().forEach(V3Member::retire);
    if (closed) {
      now.forEach(V3Member::close);
    }
  }

  /** What all clients of this cluster and user share. */
  public SharedCluster shared() {
    return shared;
  }

  /** The number of endpoints. */
  public int size() {
    return members.size();
  }

  /**
   * The member that is in use.
   *
   * @throws IOException if DNS has named none yet
   */
  V3Member current() throws IOException {
    if (discovered != null && !closed) {
      discovered.used();
    }
    V3Member member = current.get();
    if (member == null) {
      throw new ClosedException("etcd v3 client");
    }
    return member;
  }

  /** Makes what is asked from now on be asked of the next endpoint. */
  public void moveOn() {
    V3Member member = current.get();
    if (member != null) {
      moveOnFrom(member);
    }
  }

  /** Moves on to the next member, unless another thread already has. */
  void moveOnFrom(V3Member member) {
    List<V3Member> all = members;
    current.compareAndSet(member, all.get((all.indexOf(member) + 1) % all.size()));
  }

  /** Options of a call without a deadline. */
  CallOptions options(V3Member member) {
    return login == null
        ? CallOptions.DEFAULT
        : CallOptions.DEFAULT.withCallCredentials(
            login.credentials(member, attempt -> used = attempt));
  }

  /** Options of a call that ends in this time. */
  CallOptions timed(V3Member member, Duration time) {
    return options(member).withDeadlineAfter(time.toMillis(), TimeUnit.MILLISECONDS);
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
      login.forget(used);
    }
    return mayHelp;
  }

  void noteFailure(V3Member member, Status status) {
    V3Problem problem = V3Failures.problem(status);
    if (problem == V3Problem.MEMBER_FAILED && !(status.getCause() instanceof PermanentException)) {
      moveOnFrom(member);
      if (discovered != null) {
        discovered.failed();
      }
    }
    if (problem == V3Problem.STALE_TOKEN && login != null) {
      login.forget(used);
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
  public synchronized void close() {
    if (!closed) {
      closed = true;
      pool.leave(shared);
    }
    members.forEach(V3Member::close);
  }
}
