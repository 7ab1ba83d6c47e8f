package org.etcdmirror.api.internal;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Says when a refusal (wrong credentials, a missing right, an API that is switched off) is final.
 * One for each client, because a client has one user. Safe for use by many threads.
 *
 * <p>A balancer or proxy on the way may refuse for some seconds what the server allows, and may
 * copy the server's words. So:
 *
 * <ul>
 *   <li>Before any work of that kind has succeeded, a refusal is final at once if it is certain
 *       that the server itself made it.
 *   <li>Otherwise it is final once every endpoint has repeated it for 60 s. A success of the same
 *       request at any endpoint begins the time anew. So does a pause of 10 minutes, in which
 *       nothing was refused. An endpoint that fails in another way, being down, neither refuses nor
 *       agrees: while it has not refused for that time itself, the refusal is not final, because
 *       this endpoint may be the one that allows the request.
 * </ul>
 *
 * <p>A password that was exchanged in its file counts as the same credentials, so that a mistake
 * there does not end a mirror at once. Time is measured by a monotonic clock.
 */
public final class Refusals {

  /** How long every endpoint must repeat a refusal. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int MOST_REQUESTS = 1000;

  /** Repetitions that lie further apart, in multiples of the patience, are none. */
  private static final int LONGEST_PAUSE = 10;

  private Set<String> endpoints;
  private final Duration patience;
  private final LongSupplier nanoTime;
  private final Set<Work> done = EnumSet.noneOf(Work.class);

  /** What is refused now; the oldest is forgotten first. */
  private final Map<Object, Refused> refused =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Object, Refused> eldest) {
          return size() > MOST_REQUESTS;
        }
      };

  /**
   * For a client of these endpoints, with the usual patience.
   *
   * @param endpoints all of them, as {@link #isFinal} names them
   */
  public Refusals(Collection<String> endpoints) {
    this(endpoints, PATIENCE, System::nanoTime);
  }

  /**
   * The same for tests.
   *
   * @param patience how long every endpoint must repeat a refusal
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  public Refusals(Collection<String> endpoints, Duration patience, LongSupplier nanoTime) {
    this.endpoints = Set.copyOf(endpoints);
    this.patience = requireNonNull(patience, "patience");
    this.nanoTime = requireNonNull(nanoTime, "nanoTime");
  }

  /** The client has these endpoints from now on. */
  public synchronized void endpointsAre(Collection<String> all) {
    endpoints = Set.copyOf(all);
  }

  /** Kinds of work; the right to one says nothing of the others. */
  public enum Work {
    /** Reading entries. */
    READ,
    /** Changing entries. */
    WRITE,
    /** Following changes. */
    WATCH
  }

  /** One request that is refused, and since when by which endpoint. */
  private static final class Refused {
    private final Instant since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final Map<String, Span> spans = new HashMap<>();
    private long newest;

    void by(String endpoint, long now) {
      spans.merge(endpoint, new Span(now, now), (before, with) -> new Span(before.first(), now));
      newest = now;
    }

    /** An endpoint that is none any more neither refuses nor agrees. */
    boolean isFor(Duration time, Set<String> endpoints) {
      return !endpoints.isEmpty()
          && spans.keySet().containsAll(endpoints)
          && spans.entrySet().stream()
              .filter(span -> endpoints.contains(span.getKey()))
              .allMatch(span -> span.getValue().nanos() >= time.toNanos());
    }
  }

  /** From the first refusal of one endpoint to its last. */
  private record Span(long first, long last) {
    long nanos() {
      return last - first;
    }
  }

  /**
   * A request was answered, if only by an error that says that it was let in.
   *
   * @param request what was asked for, with {@code equals} and {@code hashCode}
   */
  public synchronized void succeeded(Work work, Object request) {
    done.add(work);
    if (!refused.isEmpty()) {
      refused.remove(request);
    }
  }

  /**
   * Whether a refusal is final; notes it if it is not.
   *
   * @param request what was asked for, with {@code equals} and {@code hashCode}
   * @param endpoint who refused, as the constructor was told
   * @param byServer whether it is certain that the server itself refused, and nothing on the way
   */
  public synchronized boolean isFinal(
      Work work, Object request, String endpoint, boolean byServer) {
    if (byServer && !done.contains(work)) {
      return true;
    }
    long now = nanoTime.getAsLong();
    Refused known = refused.get(request);
    if (known == null || now - known.newest > LONGEST_PAUSE * patience.toNanos()) {
      refused.remove(request);
      known = new Refused();
      refused.put(request, known);
    }
    known.by(endpoint, now);
    return known.isFor(patience, endpoints);
  }

  /**
   * How long a request has been refused, and what becomes of it, as the end of a message.
   *
   * @param request what was asked for
   * @return empty if it is not refused
   */
  public synchronized String note(Object request) {
    Refused known = refused.get(request);
    if (known == null) {
      return "";
    }
    String each = endpoints.size() == 1 ? "the endpoint" : "each of the endpoints";
    return known.isFor(patience, endpoints)
        ? "; %s has refused it for %d s, since %s"
            .formatted(each, patience.toSeconds(), known.since)
        : "; tried again until %s has refused it for %d s, refused since %s"
            .formatted(each, patience.toSeconds(), known.since);
  }
}
