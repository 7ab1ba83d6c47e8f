package org.etcdmirror.v3.internal.client;

import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * One connection to an endpoint, and how many clients use it. It connects with the first call.
 *
 * <p>A stream whose answers nobody reads holds at most its own window of HTTP/2: gRPC gives back
 * the window of the connection as soon as bytes arrive, so the other streams go on.
 */
final class PooledChannel {

  /** etcd answers pings that are less than 5 s apart with the end of the connection. */
  private static final int PING_SECONDS = 30;

  private static final int PING_TIMEOUT_SECONDS = 10;

  /** gRPC's own to begin with, which it would widen to 8 MiB where much comes. */
  private static final int WATCH_WINDOW = 1 << 20;

  private final ManagedChannel channel;

  /** Guarded by the pool. */
  private int clients;

  /**
   * A connection without clients.
   *
   * @param isOfWatches whether answers may wait unread, so that their windows are to stay small
   */
  PooledChannel(URI endpoint, V3Tls tls, boolean isOfWatches) {
    this.channel = channel(endpoint, tls.credentials(), isOfWatches);
  }

  /** All channels of a process run on gRPC's event loops, and use its timer. */
  private static ManagedChannel channel(
      URI endpoint, ChannelCredentials credentials, boolean isOfWatches) {
    NettyChannelBuilder channel =
        V3Endpoints.isUnderscored(endpoint)
            ? UnderscoredHost.channel(endpoint, credentials)
            : NettyChannelBuilder.forAddress(endpoint.getHost(), endpoint.getPort(), credentials);
    if (isOfWatches) {
      channel.flowControlWindow(WATCH_WINDOW);
    }
    return channel
        // No listener of a call blocks, so an answer needs no other thread than that of its
        // connection.
        .directExecutor()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .build();
  }

  /** For the next call. The caller decides on the pace; gRPC's back-off would hide a member. */
  Channel awake() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  /** The number of clients. */
  int clients() {
    return clients;
  }

  void enter() {
    clients++;
  }

  /** A client no longer uses it; the last one ends it. */
  void leave() {
    clients--;
    if (clients == 0) {
      channel.shutdownNow();
    }
  }
}
