package org.etcdmirror.simulation.model;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A watch of one member (etcd 2.3 to 3.5). It keeps 100 changes for its handler; when there are
 * more it falls silent, and its connection stays open.
 */
final class V2Watch {

  private static final int CHANNEL = 100;

  /** A handler runs a moment after it has something to do. */
  private static final int USUAL_DELAY = 2_000_000;

  private static final int LONGEST_DELAY = 100_000_000;

  private final Network network;
  private final V2Member member;
  private final V2Request request;
  private final V2Exchange exchange;
  private final Deque<V2Event> channel = new ArrayDeque<>();
  private boolean registered;
  private boolean halfClosed;
  private boolean over;

  private V2Watch(Network network, V2Member member, V2Request request, V2Exchange exchange) {
    this.network = network;
    this.member = member;
    this.request = request;
    this.exchange = exchange;
  }

  /** Begins a watch; null if it was refused. */
  static @Nullable V2Watch begin(
      Network network, V2Member member, V2Request request, V2Exchange exchange) {
    V2Watch watch = new V2Watch(network, member, request, exchange);
    long now = member.store().index();
    V2Event first = null;
    if (request.number("waitIndex") > 0 && request.number("waitIndex") <= now) {
      try {
        first = member.store().firstInHistory(request);
      } catch (V2Refusal e) {
        exchange.answer(e.reply());
        return null;
      }
    }
    exchange.begin(now);
    if (first == null) {
      watch.registered = true;
      member.store().hub().add(watch);
    } else {
      // It is never registered for what comes after that.
      watch.channel.add(first);
      watch.handleSoon();
    }
    return watch;
  }

  String key() {
    return request.key();
  }

  /** A change that concerns the key. */
  void told(V2Event event, boolean isItself, boolean removed) {
    if (!(request.is("recursive") || isItself || removed)
        || event.index() < request.number("waitIndex")) {
      return;
    }
    if (channel.size() == CHANNEL) {
      network.scheduler().note("watch of %s overflows at %d".formatted(key(), event.index()));
      unregister();
      return;
    }
    channel.add(event);
    if (!request.is("stream")) {
      unregister();
    }
    handleSoon();
  }

  private void handleSoon() {
    boolean slow = network.random().nextInt(50) == 0;
    network.later(network.random().nextInt(slow ? LONGEST_DELAY : USUAL_DELAY), this::handle);
  }

  /** The handler's turn: Go's select takes either of what is ready. */
  void handle() {
    while (!over && (halfClosed || !channel.isEmpty())) {
      if (channel.isEmpty() || (halfClosed && network.random().nextBoolean())) {
        end();
        return;
      }
      exchange.send(channel.remove().json(member.store().now()));
      if (!request.is("stream")) {
        end();
      }
    }
  }

  private void end() {
    gone();
    exchange.end();
  }

  /** The client sends nothing more. */
  void halfClosed() {
    halfClosed = true;
    handleSoon();
  }

  /** The connection is gone. */
  void gone() {
    over = true;
    unregister();
  }

  private void unregister() {
    if (registered) {
      registered = false;
      member.store().hub().remove(this);
    }
  }
}
