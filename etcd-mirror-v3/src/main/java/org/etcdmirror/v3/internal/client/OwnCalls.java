package org.etcdmirror.v3.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client on connections that it shares with others: its end ends them, and no
 * others. Safe for use by many threads.
 */
final class OwnCalls implements ClientInterceptor {

  private static final Status ENDED =
      Status.UNAVAILABLE.withDescription("the client of this call was closed");

  private final Runnable whenIdle;
  private final Set<OwnCall<?, ?>> live = new LinkedHashSet<>();

  /** No call begins any more. */
  private boolean over;

  /**
   * No calls yet.
   *
   * @param whenIdle called once, when no call begins any more and none is left
   */
  OwnCalls(Runnable whenIdle) {
    this.whenIdle = whenIdle;
  }

  /** Calls that run go on, and new ones fail. */
  void refuseMore() {
    List<OwnCall<?, ?>> unused = refused();
  }

  /** Ends those that run, and new ones fail. */
  void end() {
    refused().forEach(OwnCall::end);
  }

  /** Refuses new calls; those that run. */
  private List<OwnCall<?, ?>> refused() {
    List<OwnCall<?, ?>> running;
    boolean idle;
    synchronized (live) {
      running = List.copyOf(live);
      idle = !over && running.isEmpty();
      over = true;
    }
    if (idle) {
      whenIdle.run();
    }
    return running;
  }

  private boolean begins(OwnCall<?, ?> call) {
    synchronized (live) {
      return !over && live.add(call);
    }
  }

  private void ended(OwnCall<?, ?> call) {
    boolean idle;
    synchronized (live) {
      idle = live.remove(call) && over && live.isEmpty();
    }
    if (idle) {
      whenIdle.run();
    }
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    return new OwnCall<>(next.newCall(method, options));
  }

  /** Once it is ended from here, what its user still sends goes nowhere. */
  private final class OwnCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

    private boolean started;
    private boolean canceled;
    private volatile boolean byClient;

    OwnCall(ClientCall<Q, R> call) {
      super(call);
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      if (!begins(this)) {
        canceled = true;
        listener.onClose(ENDED, new Metadata());
        return;
      }
      super.start(
          new SimpleForwardingClientCallListener<>(listener) {
            @Override
            public void onClose(Status status, Metadata trailers) {
              try {
                super.onClose(
                    byClient && status.getCode() == Status.Code.CANCELLED ? ENDED : status,
                    trailers);
              } finally {
                ended(OwnCall.this);
              }
            }
          },
          headers);
      synchronized (this) {
        started = true;
      }
      if (byClient) {
        cancel("closed", null);
      }
    }

    @Override
    public void request(int messages) {
      if (!isCanceled()) {
        super.request(messages);
      }
    }

    @Override
    public synchronized void sendMessage(Q message) {
      if (!canceled) {
        super.sendMessage(message);
      }
    }

    @Override
    public synchronized void halfClose() {
      if (!canceled) {
        super.halfClose();
      }
    }

    private synchronized boolean isCanceled() {
      return canceled;
    }

    @Override
    public void cancel(@Nullable String message, @Nullable Throwable cause) {
      synchronized (this) {
        if (canceled) {
          return;
        }
        canceled = true;
      }
      super.cancel(message, cause);
    }

    private void end() {
      byClient = true;
      boolean running;
      synchronized (this) {
        running = started;
      }
      // One that is being started looks for itself.
      if (running) {
        cancel("closed", null);
      }
    }
  }
}
