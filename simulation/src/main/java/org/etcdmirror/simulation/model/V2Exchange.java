package org.etcdmirror.simulation.model;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import okhttp3.Call;
import okio.Buffer;
import org.etcdmirror.simulation.model.Faults.Fate;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulatedProcess;
import org.jspecify.annotations.Nullable;

/**
 * One request to one member and the answer to it, on a connection of its own, with what the network
 * does to them.
 */
final class V2Exchange {

  /** A server gives up what it cannot carry out within twice its request time. */
  private static final long LATEST = 13_900_000_000L;

  /** What has come of an answer. */
  record Head(int status, long index, String clusterId, boolean chunked) {}

  private final Network network;
  private final Scheduler scheduler;
  private final V2Member member;
  private final SimulatedProcess process;
  private final String authority;
  private final Call call;
  private final String name;
  private final Buffer received = new Buffer();
  private @Nullable V2Watch watch;
  private @Nullable Head head;
  private @Nullable IOException broken;
  private boolean ended;
  private boolean gone;
  private long sentAt;
  private long upstream;
  private long downstream;

  V2Exchange(Network network, String authority, Call call, String name) {
    this.network = network;
    this.scheduler = network.scheduler();
    this.authority = authority;
    this.member = network.v2(authority);
    this.process = Scheduler.currentThread().process();
    this.call = call;
    this.name = name;
  }

  // On the client's thread.

  /** Connects. What happens to the request is drawn here, too. */
  Fate connect(int connectMillis) throws IOException {
    Fate fate = network.faults().draw(network.random());
    if (fate != Fate.ANSWERED) {
      scheduler.note("%s: %s".formatted(name, fate));
    }
    boolean[] there = {false};
    network.later(arrival() - scheduler.now(), () -> there[0] = true);
    boolean silent = fate == Fate.REFUSED && network.random().nextInt(4) == 0;
    await(() -> there[0] && !silent, connectMillis);
    if (fate == Fate.REFUSED || member.isDown()) {
      throw new ConnectException("Connection refused");
    }
    return fate;
  }

  /** Sends a request of the keys API. */
  void send(V2Request request, Fate fate) {
    sentAt = scheduler.now();
    member.add(this);
    switch (fate) {
      case LOST -> {
        if (network.random().nextBoolean()) {
          breakLater();
        }
      }
      case ANSWER_LOST ->
          sendUp(() -> {
            if (!request.waits()) {
              carryOut(request, reply -> {});
            }
            breakLater();
          });
      case LATE -> late(request);
      default -> sendUp(() -> arrived(request));
    }
  }

  private void late(V2Request request) {
    if (request.isRead()) {
      breakLater();
      return;
    }
    network.later(
        (long) (network.random().nextDouble() * network.random().nextDouble() * LATEST),
        () -> {
          scheduler.note("late: " + request);
          carryOut(request, reply -> {});
        });
    if (network.random().nextBoolean()) {
      answer(member.timedOut());
    } else {
      breakLater();
    }
  }

  /** Sends a request for something else than keys. */
  void send(V2Reply reply, Fate fate) {
    member.add(this);
    if (fate == Fate.ANSWERED) {
      sendUp(() -> answer(reply));
    } else {
      breakLater();
    }
  }

  Head awaitHead(int readMillis) throws IOException {
    await(() -> head != null || broken != null, readMillis);
    Head came = head;
    if (came != null) {
      return came;
    }
    throw broken == null ? new SocketTimeoutException("timeout") : broken;
  }

  /** Some bytes of the answer; -1 at its end. */
  long read(Buffer into, long most, int readMillis) throws IOException {
    await(() -> received.size() > 0 || ended || broken != null, readMillis);
    if (received.size() > 0) {
      return received.read(into, most);
    }
    if (ended) {
      return -1;
    }
    throw broken == null ? new SocketTimeoutException("timeout") : broken;
  }

  private void await(BooleanSupplier ready, int millis) throws IOException {
    long deadline = millis == 0 ? Scheduler.NEVER : scheduler.after(millis * 1_000_000L);
    boolean came;
    try {
      came = scheduler.await(() -> ready.getAsBoolean() || call.isCanceled() || gone, deadline);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SocketException("Closed by interrupt");
    }
    if (call.isCanceled()) {
      throw new IOException("Canceled");
    }
    if (gone) {
      throw new SocketException("Socket closed");
    }
    if (!came) {
      throw new SocketTimeoutException("timeout");
    }
  }

  /** Nothing more will be sent; the server may answer that. */
  void halfClose() throws IOException {
    if (gone || broken != null) {
      throw new SocketException("Socket is closed");
    }
    sendUp(this::halfClosed);
  }

  /** The client has left. */
  void leave() {
    gone = true;
    sendUp(this::forget);
  }

  private long arrival() {
    return network.arrival(process, authority);
  }

  private void sendUp(Runnable arrival) {
    upstream = Math.max(upstream, arrival());
    network.later(upstream - scheduler.now(), arrival);
  }

  // On the server's side.

  private void arrived(V2Request request) {
    if (member.isDown() || broken != null) {
      breakLater();
    } else if (!request.waits()) {
      carryOut(request, this::answer);
    } else if (!gone) {
      watch = V2Watch.begin(network, member, request, this);
    }
  }

  private void carryOut(V2Request request, Consumer<V2Reply> answer) {
    network.carriesOut(new Sent(process, sentAt));
    member.carryOut(request, answer);
  }

  private void halfClosed() {
    switch (member.onHalfClose()) {
      case ANSWERED -> {
        if (watch != null) {
          watch.halfClosed();
        }
      }
      case CUT -> cut();
      case IGNORED -> {}
    }
  }

  /** An answer that is whole. */
  void answer(V2Reply reply) {
    Head whole = new Head(reply.status(), reply.index(), member.cluster().idText(), false);
    down(() -> {
      head = whole;
      received.writeUtf8(reply.body());
      ended = true;
    });
  }

  /** The head of an answer that goes on. */
  void begin(long index) {
    Head begun = new Head(200, index, member.cluster().idText(), true);
    down(() -> head = begun);
  }

  /** A line may come in two pieces. */
  void send(String text) {
    int cut = network.random().nextInt(4) == 0 ? 1 + network.random().nextInt(text.length()) : 0;
    if (cut > 0) {
      down(() -> received.writeUtf8(text.substring(0, cut)));
    }
    down(() -> received.writeUtf8(text.substring(cut)));
  }

  /** The end in good order. */
  void end() {
    down(() -> ended = true);
  }

  private void down(Runnable arrival) {
    if (process.isKilled() || broken != null) {
      forget();
      return;
    }
    if (network.faults().cuts(network.random())) {
      breakLater();
      return;
    }
    downstream = Math.max(downstream, arrival());
    network.later(
        downstream - scheduler.now(),
        () -> {
          if (broken == null) {
            arrival.run();
          }
        });
  }

  /** The server, or the network, ends the connection. */
  void cut() {
    forget();
    if (broken == null) {
      breakLater();
    }
  }

  private void breakLater() {
    downstream = Math.max(downstream, arrival());
    network.later(
        downstream - scheduler.now(),
        () -> {
          forget();
          if (broken == null && !ended) {
            broken = new IOException("unexpected end of stream on " + name);
          }
        });
  }

  /** Lets the handler of a watch run. */
  void handle() {
    V2Watch known = watch;
    if (known != null) {
      known.handle();
    }
  }

  private void forget() {
    member.remove(this);
    V2Watch known = watch;
    if (known != null) {
      known.gone();
    }
  }
}
