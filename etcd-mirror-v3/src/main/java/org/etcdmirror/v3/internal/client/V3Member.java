package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.URI;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.etcdmirror.api.ClosedException;

/** One endpoint, and what one client asks there. */
public final class V3Member {

  /** Without it, a member that has lost its cluster keeps a watch open in silence. */
  private static final Metadata.Key<String> HAS_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final String endpoint;
  private final ChannelPool.Lease lease;
  private final OwnCalls own;
  private final ClientInterceptor observer;
  private final RequestTimes times = new RequestTimes();
  private volatile boolean closed;
  private volatile boolean answered;

  /**
   * A member; nothing is connected yet.
   *
   * @param lease the connections to it, which the member gives back
   * @param onFailure is told of each call that ends badly
   */
  V3Member(URI uri, ChannelPool.Lease lease, BiConsumer<V3Member, Status> onFailure) {
    this.endpoint = uri.toString();
    this.lease = lease;
    this.own = new OwnCalls(lease::giveBack);
    this.observer =
        new Observer(status -> {
          if (status.isOk()) {
            answered = true;
          } else {
            onFailure.accept(this, status);
          }
        });
  }

  public String endpoint() {
    return endpoint;
  }

  RequestTimes times() {
    return times;
  }

  /** Explains a failure, if it is one of TLS. */
  Status explained(Status status) {
    return lease.tls().explained(status, !answered);
  }

  Channel calls() {
    return awake(lease.calls());
  }

  Channel watches() {
    return awake(lease.watches());
  }

  private Channel awake(PooledChannel channel) {
    if (closed) {
      throw closed();
    }
    // The one that is named last sees a call first.
    return ClientInterceptors.intercept(channel.awake(), own, observer);
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
    own.refuseMore();
  }

  void close() {
    closed = true;
    own.end();
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
