package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Adapts the time-out for a server that sends no byte. A fixed limit would always fail on a line
 * that is slower, so each time-out doubles it, and answers bring it down again. It never leads to a
 * conclusion about events. Safe for use by many threads.
 */
public final class V2Patience implements Interceptor {

  private static final Duration LEAST = Duration.ofSeconds(3);
  private static final Duration MOST = Duration.ofSeconds(60);

  /** A connection is made sooner than a request is answered; another endpoint may be waiting. */
  private static final Duration MOST_TO_CONNECT = Duration.ofSeconds(15);

  /** A body may still be on its way when all of it has been handed to the system. */
  private static final int SLOWEST_BYTES_A_SECOND = 10_000;

  /** The factor from the time of the last answer to the time-out of the next one. */
  private static final int TIMES = 4;

  /** The time for a server's handler from the headers to the match; see HistoryLook. */
  private static final Duration LEAST_PAUSE = Duration.ofMillis(150);

  private static final Duration MOST_PAUSE = Duration.ofSeconds(1);

  /** The measured times of one endpoint, in nanoseconds. */
  private record Shown(long patience, long answer, long pause) {
    static final Shown NOTHING = new Shown(LEAST.toNanos(), 0, LEAST_PAUSE.toNanos());
  }

  /** Bounded by the number of endpoints. */
  private final Map<String, Shown> shown = new ConcurrentHashMap<>();

  /** The longest silence of a server that must send something. */
  public Duration of(HttpUrl endpoint) {
    return Duration.ofNanos(shown(endpoint).patience());
  }

  /** The time of the last answer to a watch, from the request to its headers; zero at first. */
  public Duration lastAnswer(HttpUrl endpoint) {
    return Duration.ofNanos(shown(endpoint).answer());
  }

  /** The pause after the headers before a half-close. */
  public Duration pause(HttpUrl endpoint) {
    return Duration.ofNanos(shown(endpoint).pause());
  }

  /** A server answered so long after it was asked. */
  void answered(HttpUrl endpoint, long nanos) {
    change(
        endpoint,
        last -> {
          long wanted = Math.max(TIMES * nanos, last.patience() / 4 * 3);
          return new Shown(within(LEAST, wanted, MOST), nanos, last.pause());
        });
  }

  /** A server sent nothing for as long as this. */
  public void timedOut(HttpUrl endpoint, Duration waited) {
    change(
        endpoint,
        last -> {
          long wanted = Math.max(last.patience(), 2 * waited.toNanos());
          return new Shown(within(LEAST, wanted, MOST), last.answer(), last.pause());
        });
  }

  /** A match began to arrive so long after its headers; they are written one after the other. */
  public void matched(HttpUrl endpoint, long nanos) {
    change(
        endpoint,
        last -> {
          long wanted = Math.max(TIMES * nanos, last.pause() / 4 * 3);
          return new Shown(last.patience(), last.answer(), within(LEAST_PAUSE, wanted, MOST_PAUSE));
        });
  }

  private void change(HttpUrl endpoint, UnaryOperator<Shown> change) {
    shown.compute(
        key(endpoint), (key, before) -> change.apply(before == null ? Shown.NOTHING : before));
  }

  private Shown shown(HttpUrl endpoint) {
    return shown.getOrDefault(key(endpoint), Shown.NOTHING);
  }

  private static long within(Duration least, long nanos, Duration most) {
    return Math.max(least.toNanos(), Math.min(most.toNanos(), nanos));
  }

  private static String key(HttpUrl endpoint) {
    return V2Endpoints.text(endpoint);
  }

  /** Lets connecting and reading take as long. */
  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Duration patience = of(request.url());
    WatchSocket watch = request.tag(WatchSocket.class);
    long began = System.nanoTime();
    try {
      Response response = patient(chain, patience, watch).proceed(request);
      if (watch != null) {
        answered(request.url(), System.nanoTime() - began);
      }
      return response;
    } catch (SocketTimeoutException e) {
      timedOut(request.url(), patience);
      throw e;
    }
  }

  private static Chain patient(Chain chain, Duration patience, @Nullable WatchSocket watch)
      throws IOException {
    long connect = Math.min(patience.toMillis(), MOST_TO_CONNECT.toMillis());
    Chain patient = chain.withConnectTimeout((int) connect, TimeUnit.MILLISECONDS);
    if (watch != null && !watch.mustAnswer()) {
      return patient;
    }
    long read = silence(chain.request(), patience, watch, chain.readTimeoutMillis());
    return patient.withReadTimeout((int) read, TimeUnit.MILLISECONDS);
  }

  /** The longest silence after a request. */
  Duration silence(Request request, @Nullable WatchSocket watch, int readTimeoutMillis)
      throws IOException {
    return Duration.ofMillis(silence(request, of(request.url()), watch, readTimeoutMillis));
  }

  private static long silence(
      Request request, Duration patience, @Nullable WatchSocket watch, int readTimeoutMillis)
      throws IOException {
    long read = patience.toMillis();
    return watch != null
        ? read
        : Math.max(read, readTimeoutMillis) + 1000 * length(request) / SLOWEST_BYTES_A_SECOND;
  }

  /** The number of bytes of a body that are sent. */
  static long length(Request request) throws IOException {
    RequestBody body = request.body();
    return body == null ? 0 : Math.max(0, body.contentLength());
  }
}
