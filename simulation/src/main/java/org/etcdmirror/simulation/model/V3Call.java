package org.etcdmirror.simulation.model;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.ConnectException;
import java.util.Random;
import org.etcdmirror.simulation.model.Faults.Fate;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.jspecify.annotations.Nullable;

/** One call of a client, with what the network does to it. */
final class V3Call<Q, R> extends ClientCall<Q, R> {

  /** How many nanoseconds a call may take. */
  static final CallOptions.Key<Long> DEADLINE = CallOptions.Key.create("deadline");

  private static final long LATEST = 40_000_000_000L;

  private final Network network;
  private final V3Channel channel;
  private final MethodDescriptor<Q, R> method;
  private final @Nullable Long deadline;
  private @Nullable Listener<R> listener;
  private @Nullable V3Stream stream;
  private long upstream;
  private long downstream;
  private boolean ended;

  V3Call(Network network, V3Channel channel, MethodDescriptor<Q, R> method, CallOptions options) {
    this.network = network;
    this.channel = channel;
    this.method = method;
    this.deadline = options.getOption(DEADLINE);
  }

  private boolean isStream() {
    return method.getFullMethodName().equals(WatchGrpc.getWatchMethod().getFullMethodName())
        || method
            .getFullMethodName()
            .equals(LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName());
  }

  @Override
  public void start(Listener<R> responses, Metadata headers) {
    network.scheduler().maySwitch();
    listener = responses;
    if (channel.isShutdown()) {
      ended = true;
      responses.onClose(
          Status.UNAVAILABLE.withDescription("Channel shutdownNow invoked"), new Metadata());
      return;
    }
    channel.add(this);
    if (isStream()) {
      sendUp(this::open);
    }
    Long within = deadline;
    if (within != null) {
      channel.deliver(
          network.scheduler().after(within),
          () -> close(Status.DEADLINE_EXCEEDED.withDescription("deadline exceeded")));
    }
  }

  private void sendUp(Runnable arrival) {
    upstream = Math.max(upstream, arrival());
    network.later(upstream - network.scheduler().now(), arrival);
  }

  private long arrival() {
    return network.arrival(channel.process(), channel.authority());
  }

  @SuppressWarnings("unchecked")
  private void open() {
    V3Member member = channel.member();
    if (ended || channel.isDead()) {
      return;
    }
    if (member.isDown()) {
      refuse();
      return;
    }
    stream =
        method.getFullMethodName().equals(WatchGrpc.getWatchMethod().getFullMethodName())
            ? new V3Watch(network, member, answer -> sendDown((R) answer), this::endLater)
            : new V3KeepAlive(member, answer -> sendDown((R) answer), this::endLater);
  }

  private void refuse() {
    endLater(
        Status.UNAVAILABLE
            .withDescription("io exception")
            .withCause(new ConnectException("Connection refused")));
  }

  @Override
  public void request(int more) {
    if (isStream()) {
      sendUp(() -> {
        if (stream != null) {
          stream.mayHave(more);
        }
      });
    }
  }

  @Override
  public void sendMessage(Q message) {
    network.scheduler().maySwitch();
    if (isStream()) {
      sendUp(() -> {
        if (stream != null && !ended) {
          stream.received(message);
        }
      });
    } else {
      ask(message);
    }
  }

  private void ask(Q message) {
    Sent sent = new Sent(channel.process(), network.scheduler().now());
    Random random = network.random();
    Fate fate = network.faults().draw(random);
    if (fate != Fate.ANSWERED) {
      network
          .scheduler()
          .note("%s at %s: %s".formatted(method.getBareMethodName(), channel.authority(), fate));
    }
    switch (fate) {
      case REFUSED -> refuse();
      case LOST -> {
        if (deadline == null || random.nextBoolean()) {
          endLater(cut());
        }
      }
      case ANSWER_LOST ->
          sendUp(() -> {
            Object unused = carryOut(message, sent);
            endLater(cut());
          });
      case LATE -> {
        double share = random.nextDouble();
        long due = (long) (share * share * share * LATEST);
        int restores = channel.member().cluster().restores();
        network.later(
            due,
            () -> {
              // A restored cluster has forgotten what it was sent. Something before it may still
              // hold a request, but not for longer than the client lives.
              boolean restored = channel.member().cluster().restores() != restores;
              if (!restored || !channel.isGone()) {
                network.scheduler().note("late: " + method.getBareMethodName());
                Object unused = carryOut(message, sent);
              }
            });
        endLater(cut());
      }
      case ANSWERED -> sendUp(() -> answer(message, sent));
    }
  }

  private static Status cut() {
    return Status.UNAVAILABLE.withDescription("Network closed for unknown reason");
  }

  @SuppressWarnings("unchecked")
  private void answer(Q message, Sent sent) {
    if (channel.member().isDown()) {
      endLater(cut());
      return;
    }
    Object result = carryOut(message, sent);
    if (result instanceof Status failure) {
      endLater(failure);
    } else {
      sendDown((R) result);
      endLater(Status.OK);
    }
  }

  /** What the server makes of it: an answer, or a status. */
  private Object carryOut(Q message, Sent sent) {
    V3Member member = channel.member();
    if (member.isDown()) {
      return cut();
    }
    if (method.getFullMethodName().equals(KVGrpc.getRangeStreamMethod().getFullMethodName())) {
      return Status.UNIMPLEMENTED.withDescription("unknown method RangeStream");
    }
    network.carriesOut(sent);
    try {
      return member.answer(message);
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private void sendDown(R message) {
    if (channel.isDead()) {
      V3Stream open = stream;
      if (open != null) {
        open.gone();
      }
      return;
    }
    if (isStream() && network.faults().cuts(network.random())) {
      V3Stream cut = stream;
      if (cut != null) {
        cut.end(cut());
      }
      return;
    }
    downstream = Math.max(downstream, arrival());
    channel.deliver(
        downstream,
        () -> {
          Listener<R> known = listener;
          if (!ended && known != null) {
            known.onMessage(message);
          }
        });
  }

  private void endLater(Status status) {
    downstream = Math.max(downstream, arrival());
    channel.deliver(downstream, () -> close(status));
  }

  /** The client's side ends it: a time-out, a cancel, or the end of the channel. */
  void endLocally(Status status) {
    channel.deliver(network.scheduler().now(), () -> close(status));
  }

  private void close(Status status) {
    if (ended) {
      return;
    }
    ended = true;
    V3Stream open = stream;
    if (open != null) {
      open.gone();
    }
    channel.remove(this);
    Listener<R> known = listener;
    if (known != null) {
      known.onClose(status, new Metadata());
    }
  }

  @Override
  public void cancel(@Nullable String message, @Nullable Throwable cause) {
    endLocally(Status.CANCELLED.withDescription(message).withCause(cause));
  }

  @Override
  public void halfClose() {}
}
