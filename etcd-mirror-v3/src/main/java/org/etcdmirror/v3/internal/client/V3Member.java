package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ConnectivityState;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.etcdmirror.api.ClosedException;

/** One endpoint and the channels to it, which connect with their first call. */
public final class V3Member {

  /** etcd answers pings that are less than 5 s apart with the end of the connection. */
  private static final int PING_SECONDS = 30;

  private static final int PING_TIMEOUT_SECONDS = 10;

  /** Without it, a member that has lost its cluster keeps a watch open in silence. */
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final String endpoint;
  private final ManagedChannel calls;
  private final ManagedChannel watches;
  private final V3Tls tls;
  private final RequestTimes times = new RequestTimes();
  private volatile boolean closed;
  private volatile boolean answered;

  /**
   * A member; nothing is connected yet.
   *
   * @param onFailure is told of each call that ends badly
   */
  V3Member(URI uri, V3Tls tls, BiConsumer<V3Member, Status> onFailure) {
    this.tls = tls;
    this.endpoint = uri.toString();
    ClientInterceptor observer =
        new Observer(status -> {
          if (status.isOk()) {
            answered = true;
          } else {
            onFailure.accept(this, status);
          }
        });
    this.calls = channel(uri, tls.credentials(), observer);
    this.watches = channel(uri, tls.credentials(), observer);
  }

  private static ManagedChannel channel(
      URI uri, ChannelCredentials credentials, ClientInterceptor observer) {
    NettyChannelBuilder channel =
        V3Endpoints.isUnderscored(uri)
            ? UnderscoredHost.channel(uri, credentials)
            : NettyChannelBuilder.forAddress(uri.getHost(), uri.getPort(), credentials);
    return channel
        // No listener of a call blocks, so an answer needs no other thread than that of its
        // connection.
        .directExecutor()
        .maxInboundMessageSize(Integer.MAX_VALUE)
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_TIMEOUT_SECONDS, TimeUnit.SECONDS)
        .intercept(observer)
        .build();
  }

  public String endpoint() {
    return endpoint;
  }

  RequestTimes times() {
    return times;
  }

  /** Explains a failure, if it is one of TLS. */
  Status explained(Status status) {
    return tls.explained(status, !answered);
  }

  ManagedChannel calls() {
    return awake(calls);
  }

  ManagedChannel watches() {
    return awake(watches);
  }

  /** The caller decides on the pace; gRPC's own back-off would hide a member that is back. */
  private ManagedChannel awake(ManagedChannel channel) {
    if (closed) {
      throw closed();
    }
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
    }
    return channel;
  }

  boolean isClosed() {
    return closed;
  }

  /** The exception for a call after the close. */
  ClosedException closed() {
    return new ClosedException("etcd v3 client of " + endpoint);
  }

  /** It is no member any more: calls that run go on, and new ones fail as if it were down. */
  void retire() {
    calls.shutdown();
    watches.shutdown();
  }

  void close() {
    closed = true;
    calls.shutdownNow();
    watches.shutdownNow();
  }

  @Override
  public String toString() {
    return endpoint;
  }

  /** Demands a leader with each call, and sees how it ends. */
  private record Observer(Consumer<Status> onClose) implements ClientInterceptor {

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<R> listener, Metadata headers) {
          headers.put(HAS_LEADER, "true");
          super.start(
              new SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onClose(Status status, Metadata trailers) {
                  try {
                    onClose.accept(status);
                  } finally {
                    super.onClose(status, trailers);
                  }
                }
              },
              headers);
        }
      };
    }
  }
}
