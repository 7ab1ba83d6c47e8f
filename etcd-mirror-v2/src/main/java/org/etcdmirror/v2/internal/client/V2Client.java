package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.etcdmirror.api.ClosedException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.internal.WrittenIndexes;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v2.internal.connection.HalfCloseAnswers;
import org.etcdmirror.v2.internal.connection.V2Deadline;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.connection.V2GrpcOnly;
import org.etcdmirror.v2.internal.connection.V2Limits;
import org.etcdmirror.v2.internal.connection.V2Patience;
import org.etcdmirror.v2.internal.connection.V2Timer;
import org.etcdmirror.v2.internal.connection.V2Tls;
import org.etcdmirror.v2.internal.connection.WatchSocket;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * Speaks etcd v2's HTTP to a cluster. Safe for use by many threads.
 *
 * <p>A request goes to the endpoint that worked last; if that fails, to each of the others once. A
 * write that may have arrived is not sent elsewhere: it ends in an {@link
 * org.etcdmirror.api.OutcomeUnknownException}. An interrupt ends a request at once with an {@link
 * InterruptedException}.
 */
public final class V2Client implements AutoCloseable {

  private static final String MEMBERS = "/v2/members";

  /** A server builds the answer of a whole tree before it sends the first byte. */
  private static final Duration TREE_READ_TIMEOUT = Duration.ofSeconds(60);

  /** etcd resets a new connection whose first line is longer; later lines may be. */
  private static final int LONGEST_FIRST_LINE = 4096;

  private final V2Endpoints endpoints;
  private final V2Causes causes;
  private final V2Refusals refusals;

  /** Apart, as the right to the indexes says nothing of the right to the data. */
  private final V2Refusals indexRefusals;

  private final ExecutorService executor = Executors.newCachedThreadPool(V2Client::daemon);
  private final V2Timer timer = new V2Timer();
  private final V2OpenCalls openCalls = new V2OpenCalls();
  private final V2Patience patience = new V2Patience();
  private final HalfCloseAnswers halfCloses = new HalfCloseAnswers();
  private final WrittenIndexes written = new WrittenIndexes();
  private final V2Lead lead;
  private final OkHttpClient requests;
  private final OkHttpClient trees;
  private final OkHttpClient watches;
  private volatile boolean closed;

  private V2Client(V2Endpoints endpoints, Access access, V2Limits limits, V2Lead lead) {
    this.lead = lead;
    this.endpoints = endpoints;
    this.refusals = refusals(endpoints, limits);
    this.indexRefusals = refusals(endpoints, limits);
    endpoints.whenChanged(refusals::endpointsAre);
    endpoints.whenChanged(indexRefusals::endpointsAre);
    V2Deadline deadline = new V2Deadline(timer, patience, limits.call());
    OkHttpClient.Builder client = V2Connections.builder(executor, openCalls, deadline, patience);
    causes = new V2Causes(endpoints, V2Tls.apply(access, endpoints, client));
    if (access.user() != null) {
      client.addInterceptor(new V2Access(access.user(), access));
    }
    requests = client.build();
    trees = requests.newBuilder().readTimeout(TREE_READ_TIMEOUT).build();
    watches = requests.newBuilder().readTimeout(Duration.ZERO).build();
  }

  private static V2Refusals refusals(V2Endpoints endpoints, V2Limits limits) {
    return new V2Refusals(new Refusals(endpoints.texts(), limits.refused(), System::nanoTime));
  }

  private V2Refusals refusalsOf(V2Request request) {
    return V2Paths.covers(V2Paths.INDEXES, request.key()) ? indexRefusals : refusals;
  }

  /**
   * A client; nothing is connected yet.
   *
   * @throws IllegalArgumentException if an endpoint is not of the form {@code http://HOST:PORT}
   */
  public static V2Client connect(List<String> endpoints) {
    return connect(endpoints, Access.ANONYMOUS);
  }

  /**
   * A client that says who it is; nothing is connected yet.
   *
   * @throws IllegalArgumentException if an endpoint or a certificate can't be used; one line says
   *     which
   */
  public static V2Client connect(List<String> endpoints, Access access) {
    return connect(endpoints, access, V2Limits.DEFAULT);
  }

  /** The same with limits of one's own. */
  public static V2Client connect(List<String> endpoints, Access access, V2Limits limits) {
    return connect(endpoints, access, limits, V2Lead.ALWAYS);
  }

  /** The same for a client that keeps to a lead. */
  public static V2Client connect(
      List<String> endpoints, Access access, V2Limits limits, V2Lead lead) {
    return new V2Client(V2Endpoints.of(endpoints, access), access, limits, lead);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "etcd-mirror-v2");
    thread.setDaemon(true);
    return thread;
  }

  /** Converts a successful response; the caller closes it. */
  @FunctionalInterface
  public interface ResponseReader<T> {
    T read(Response response) throws IOException;
  }

  /** Reads one key, from whichever endpoint works. */
  public V2Answer get(String key, String query) throws IOException, InterruptedException {
    return send(V2Request.get(key, query));
  }

  /** Reads one key from one endpoint only. */
  public V2Answer getFrom(HttpUrl endpoint, String key, String query)
      throws IOException, InterruptedException {
    V2Request request = V2Request.get(key, query);
    return at(
        endpoint, request, new V2Sent(), requests, response -> V2Answer.of(response, request));
  }

  /** The number of members of the cluster, as one server reports it. */
  public int members(HttpUrl endpoint) throws IOException {
    Request request = new Request.Builder().url(endpoint.newBuilder(MEMBERS).build()).build();
    // Who may read keys need not be allowed to look at the members: that is never final.
    return exchange(
        requests.newCall(request),
        response -> V2Failures.of(response, MEMBERS),
        response -> V2Json.members(response.body().byteStream()));
  }

  /** Sends a request to whichever endpoint works. */
  public V2Answer send(V2Request request) throws IOException, InterruptedException {
    endpoints.requireKnown();
    V2Answer answer =
        round(request, requests, endpoints.round(null), response -> V2Answer.of(response, request));
    if (request.changes()) {
      written.add(answer.etcdIndex());
    }
    return answer;
  }

  /** The indexes of the changes that this client made. */
  public WrittenIndexes written() {
    return written;
  }

  /**
   * Sends a request whose answer may be long and take long to come.
   *
   * @param lastResort the endpoint to ask only if all others fail, as {@link V2Endpoints#text}
   *     writes it; null for none
   */
  public <T> T readTree(V2Request request, @Nullable String lastResort, ResponseReader<T> reader)
      throws IOException, InterruptedException {
    endpoints.requireKnown();
    return round(request, trees, endpoints.round(lastResort), reader);
  }

  /**
   * A watch, not started yet, without a read timeout unless its socket wants one. The caller
   * executes it, gives any response but a success to {@link V2Failures#of}, and cancels it before
   * closing the response: OkHttp otherwise waits a moment for the rest of an endless body.
   */
  public Call watchCall(HttpUrl endpoint, V2Request watch, WatchSocket socket) {
    return watches.newCall(socket.on(watch.at(endpoint)));
  }

  /** The rule for final refusals. */
  public V2Refusals refusals() {
    return refusals;
  }

  /** The time-outs of each endpoint. */
  public V2Patience patience() {
    return patience;
  }

  /** The known answers of the endpoints to a half-close. */
  public HalfCloseAnswers halfCloses() {
    return halfCloses;
  }

  /** The timer for delayed actions. */
  public V2Timer timer() {
    return timer;
  }

  /** Threads for this client's user; they end with the client. */
  public ExecutorService executor() {
    return executor;
  }

  /** Each endpoint once, the one that worked last first. */
  public List<HttpUrl> endpoints() {
    return endpoints.round(null);
  }

  /** The endpoint for an attempt: 0 is the one that worked last, the others follow in turn. */
  public HttpUrl endpoint(int attempt) {
    return endpoints.at(attempt);
  }

  /** Tells that an endpoint answered as it should, so that it is asked first. */
  public void worked(HttpUrl endpoint) {
    endpoints.worked(endpoint);
  }

  /** Tells that an endpoint failed, so that another is asked first. */
  public void failed(HttpUrl endpoint) {
    endpoints.failed(endpoint);
    // The rest of a dead server's connections would only fail one by one.
    requests.connectionPool().evictAll();
  }

  /** Requests go to another endpoint first, if there is one; connections are left as they are. */
  public void avoid(HttpUrl endpoint) {
    endpoints.failed(endpoint);
  }

  /** Ends every request in flight, on whatever thread, with an {@link IOException}. */
  public void cancelAll() {
    openCalls.cancelAll();
  }

  @Override
  public void close() {
    closed = true;
    cancelAll();
    executor.shutdownNow();
    timer.close();
    requests.connectionPool().evictAll();
  }

  private <T> T round(
      V2Request request, OkHttpClient client, List<HttpUrl> round, ResponseReader<T> reader)
      throws IOException, InterruptedException {
    List<IOException> failures = new ArrayList<>();
    List<V2TooLargeException> tooLarge = new ArrayList<>();
    for (HttpUrl endpoint : round) {
      V2Sent sent = new V2Sent();
      try {
        T result = at(endpoint, request, sent, client, reader);
        endpoints.worked(endpoint);
        return result;
      } catch (V2ErrorException e) {
        if (!e.serverFailed()) {
          endpoints.worked(endpoint);
          throw e;
        }
        failures.add(e);
      } catch (V2TooLargeException e) {
        // Other requests succeed, and another endpoint may accept this one.
        failures.add(new IOException(e));
        tooLarge.add(e);
        continue;
      } catch (IOException e) {
        failures.add(e);
      }
      failed(endpoint);
      IOException failure = failures.get(failures.size() - 1);
      if (request.changes() && sent.leavesUnknown(failure)) {
        throw request.unknown(endpoint, failure);
      }
    }
    if (tooLarge.size() == round.size()) {
      throw tooLarge.get(0);
    }
    if (!endpoints.everWorked()
        && failures.size() == round.size()
        && V2Refusals.withoutApi(failures, round, requests)) {
      throw new PermanentException(
          V2NoApiException.said(failures), V2Causes.all(request, failures));
    }
    throw V2Causes.all(request, failures);
  }

  private <T> T at(
      HttpUrl endpoint,
      V2Request request,
      V2Sent sent,
      OkHttpClient client,
      ResponseReader<T> reader)
      throws IOException, InterruptedException {
    Request http = request.at(endpoint).newBuilder().tag(V2Sent.class, sent).build();
    try {
      if (http.url().toString().length() > LONGEST_FIRST_LINE - 32) {
        warmUp(endpoint);
      }
      Call call = client.newCall(http);
      call.timeout().timeout(lead.longest(request.changes()).toNanos(), TimeUnit.NANOSECONDS);
      T result = exchange(call, response -> refusalsOf(request).failure(response, request), reader);
      refusalsOf(request).letIn(request);
      return result;
    } catch (V2ErrorException e) {
      throw e;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw (InterruptedException) new InterruptedException(request.toString()).initCause(e);
      }
      throw grpcOnly(e, endpoint)
          ? V2NoApiException.grpcOnly(endpoint)
          : causes.explained(e, request, endpoint);
    }
  }

  /** Asked only of what has never worked, so that a server that is cut off is not asked again. */
  private boolean grpcOnly(IOException failure, HttpUrl endpoint) {
    return V2GrpcOnly.isPossible(failure)
        && !closed
        && !endpoints.everWorked()
        && V2GrpcOnly.speaks(endpoint, endpoint.isHttps() ? requests.sslSocketFactory() : null);
  }

  private <T> T exchange(Call call, ResponseReader<IOException> failure, ResponseReader<T> reader)
      throws IOException {
    if (closed) {
      throw new ClosedException("etcd v2 client of " + endpoints);
    }
    try (Response response = call.execute()) {
      if (!response.isSuccessful()) {
        throw failure.read(response);
      }
      return reader.read(response);
    } finally {
      if (closed) {
        requests.connectionPool().evictAll();
      }
    }
  }

  /** Leaves a connection in the pool that has had its first line. */
  private void warmUp(HttpUrl endpoint) throws IOException {
    Request version = new Request.Builder().url(endpoint.newBuilder("/version").build()).build();
    requests.newCall(version).execute().close();
  }
}
