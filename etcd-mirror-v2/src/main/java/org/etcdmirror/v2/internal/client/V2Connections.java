package org.etcdmirror.v2.internal.client;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.etcdmirror.v2.internal.connection.V2Deadline;
import org.etcdmirror.v2.internal.connection.V2Patience;
import org.etcdmirror.v2.internal.connection.V2Sockets;

/**
 * How OkHttp is used: HTTP/1.1 with any number of requests at once. Its own repeats are off,
 * because it does not know which requests may be repeated.
 */
final class V2Connections {

  /** The server itself gives up after 7 s by default, and its answer is worth having. */
  private static final Duration READ_TIMEOUT = Duration.ofSeconds(10);

  private static final int IDLE_CONNECTIONS = 128;
  private static final int IDLE_SECONDS = 60;

  private V2Connections() {}

  /** Settings of a client without TLS and without a user. */
  static OkHttpClient.Builder builder(
      ExecutorService executor, V2OpenCalls openCalls, V2Deadline deadline, V2Patience patience) {
    Dispatcher dispatcher = new Dispatcher(executor);
    dispatcher.setMaxRequests(Integer.MAX_VALUE);
    dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
    return new OkHttpClient.Builder()
        .dispatcher(dispatcher)
        .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
        .eventListener(openCalls)
        .socketFactory(new V2Sockets())
        .protocols(List.of(Protocol.HTTP_1_1))
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        // Connects on the calling thread, where an interrupt reaches it.
        .fastFallback(false)
        .addInterceptor(deadline)
        .addInterceptor(patience)
        .readTimeout(READ_TIMEOUT)
        .writeTimeout(READ_TIMEOUT);
  }
}
