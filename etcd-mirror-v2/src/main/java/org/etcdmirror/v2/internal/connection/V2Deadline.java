package org.etcdmirror.v2.internal.connection;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Future;
import okhttp3.Call;
import okhttp3.Interceptor;
import okhttp3.MediaType;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;
import okio.Source;
import org.jspecify.annotations.Nullable;

/**
 * Bounds a whole call, from connecting to the end of the answer. A time-out between two bytes does
 * not: an answer that drips never meets it. A fixed bound would fail large trees on slow lines. So
 * a call has 20 s more than the server may be silent, and another second for each 1,000 bytes that
 * it sends or has received. The watch that feeds a stream has no such bound; {@code WatchLines}
 * bounds each of its lines in the same way.
 */
public final class V2Deadline implements Interceptor {

  /** Far below the slowest line that is supported, 20,000 bytes a second for all connections. */
  public static final int SLOWEST_BYTES_A_SECOND = 1_000;

  private final V2Timer timer;
  private final V2Patience patience;
  private final Duration least;

  public V2Deadline(V2Timer timer, V2Patience patience, Duration least) {
    this.timer = timer;
    this.patience = patience;
    this.least = least;
  }

  /** The longest time for so many bytes, besides the time that any call has. */
  public static Duration forBytes(long bytes) {
    return Duration.ofMillis(bytes * 1000 / SLOWEST_BYTES_A_SECOND);
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    WatchSocket watch = request.tag(WatchSocket.class);
    if (watch != null && !watch.mustAnswer()) {
      return chain.proceed(request);
    }
    Duration silence = patience.silence(request, watch, chain.readTimeoutMillis());
    Duration atFirst = least.plus(silence);
    Watchdog watchdog =
        new Watchdog(chain.call(), atFirst.plus(forBytes(V2Patience.length(request))));
    watchdog.begin();
    boolean answered = false;
    try {
      Response response = chain.proceed(request);
      answered = true;
      return response.newBuilder().body(new Watched(response.body(), watchdog)).build();
    } catch (IOException e) {
      throw watchdog.explained(e);
    } finally {
      if (!answered) {
        watchdog.end();
      }
    }
  }

  /** Ends one call that comes to nothing in time. */
  private final class Watchdog {

    private final Call call;
    private final long atFirst;
    private final long began = System.nanoTime();
    private long count;
    private volatile long received;
    private volatile boolean expired;
    private @Nullable Future<?> next;
    private boolean ended;

    Watchdog(Call call, Duration atFirst) {
      this.call = call;
      this.atFirst = atFirst.toNanos();
    }

    void begin() throws IOException {
      look();
    }

    private synchronized void look() throws IOException {
      long left = atFirst + forBytes(received).toNanos() - elapsed();
      if (ended) {
        return;
      }
      if (left > 0) {
        next = timer.later(Duration.ofNanos(left), this::look);
      } else {
        expired = true;
        call.cancel();
      }
    }

    private long elapsed() {
      return System.nanoTime() - began;
    }

    /** For the one thread that reads. */
    void received(long bytes) {
      count += bytes;
      received = count;
    }

    synchronized void end() {
      ended = true;
      if (next != null) {
        next.cancel(false);
      }
    }

    IOException explained(IOException failure) {
      if (!expired) {
        return failure;
      }
      SocketTimeoutException late =
          new SocketTimeoutException(
              "call is too slow: %d s for %d bytes, less than %d bytes a second"
                  .formatted(
                      Duration.ofNanos(elapsed()).toSeconds(), received, SLOWEST_BYTES_A_SECOND));
      late.initCause(failure);
      return late;
    }
  }

  /** A body whose bytes earn the call more time. */
  private static final class Watched extends ResponseBody {

    private final ResponseBody body;
    private final BufferedSource source;

    Watched(ResponseBody body, Watchdog watchdog) {
      this.body = body;
      this.source = Okio.buffer(new WatchedSource(body.source(), watchdog));
    }

    @Override
    public @Nullable MediaType contentType() {
      return body.contentType();
    }

    @Override
    public long contentLength() {
      return body.contentLength();
    }

    @Override
    public BufferedSource source() {
      return source;
    }
  }

  private static final class WatchedSource extends ForwardingSource {

    private final Watchdog watchdog;

    WatchedSource(Source body, Watchdog watchdog) {
      super(body);
      this.watchdog = watchdog;
    }

    @Override
    public long read(Buffer sink, long byteCount) throws IOException {
      try {
        long count = super.read(sink, byteCount);
        if (count > 0) {
          watchdog.received(count);
        }
        return count;
      } catch (IOException e) {
        throw watchdog.explained(e);
      }
    }

    @Override
    public void close() throws IOException {
      watchdog.end();
      super.close();
    }
  }
}
