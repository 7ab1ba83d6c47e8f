package org.etcdmirror.simulation.model;

import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/**
 * A watch of one member. It shows revisions in their order, may cut one into fragments, joins some
 * into one answer, and is cancelled where history is compacted.
 */
final class V3Watch implements V3Stream {

  /** How many answers etcd keeps for a client that does not take them. */
  private static final int QUEUE = 128;

  private final V3Member member;
  private final Network network;
  private final Consumer<WatchResponse> send;
  private final Consumer<Status> close;
  private final Deque<WatchResponse> waiting = new ArrayDeque<>();
  private int credit;
  private long next;
  private @Nullable WatchCreateRequest asked;
  private boolean over;
  private boolean looking;

  V3Watch(Network network, V3Member member, Consumer<WatchResponse> send, Consumer<Status> close) {
    this.network = network;
    this.member = member;
    this.send = send;
    this.close = close;
    member.add(this);
  }

  @Override
  public void received(Object message) {
    WatchRequest request = (WatchRequest) message;
    if (request.hasCreateRequest()) {
      create(request.getCreateRequest());
    } else if (request.hasProgressRequest() && asked != null) {
      progress();
    }
  }

  private void create(WatchCreateRequest request) {
    asked = request;
    long now = member.applied();
    next = request.getStartRevision() > 0 ? request.getStartRevision() : now + 1;
    push(answer(now).setCreated(true).build());
    if (next <= now) {
      look();
    }
  }

  /** Answered only when everything was shown, as etcd 3.5 does. */
  private void progress() {
    if (next > member.applied()) {
      push(answer(member.applied()).build());
    }
  }

  private WatchResponse.Builder answer(long revision) {
    return WatchResponse.newBuilder().setHeader(member.header(revision));
  }

  /** A watch that has shown everything is shown a revision when the member applies it. */
  @Override
  public void changed() {
    WatchCreateRequest request = asked;
    if (request == null || next != member.applied() || waiting.size() >= QUEUE) {
      look();
      return;
    }
    List<Event> events = wanted(request, next, false);
    next++;
    if (!events.isEmpty()) {
      pushEvents(events, request.getFragment());
    }
  }

  private List<Event> wanted(WatchCreateRequest request, long revision, boolean isCompacted) {
    return member.cluster().store().events(revision).stream()
        .filter(event ->
            V3Store.covers(request.getKey(), request.getRangeEnd(), event.getKv().getKey()))
        // A compaction leaves what is in the store, and so no delete (before 3.4.36 and 3.5.18).
        .filter(event -> !isCompacted || event.getType() == Event.EventType.PUT)
        .toList();
  }

  /** Shows what is read from history, a moment later, several revisions in one answer. */
  private void look() {
    if (!looking && asked != null && !over) {
      looking = true;
      network.later(
          network.random().nextInt(100_000_000),
          () -> {
            looking = false;
            show();
          });
    }
  }

  private void show() {
    WatchCreateRequest request = asked;
    if (over || request == null) {
      return;
    }
    if (next < member.compacted() && next <= member.applied()) {
      push(answer(0).setCanceled(true).setCompactRevision(member.compacted()).build());
      asked = null;
      return;
    }
    List<Event> batch = new ArrayList<>();
    while (next <= member.applied() && waiting.size() < QUEUE) {
      batch.addAll(wanted(request, next, next <= member.compacted()));
      next++;
      if (!batch.isEmpty() && network.random().nextInt(3) == 0) {
        break;
      }
    }
    if (!batch.isEmpty()) {
      pushEvents(batch, request.getFragment());
    }
    if (next <= member.applied()) {
      look();
    }
  }

  private void pushEvents(List<Event> events, boolean mayCut) {
    Random random = network.random();
    int at = 0;
    while (at < events.size()) {
      int count =
          mayCut && random.nextInt(4) == 0
              ? 1 + random.nextInt(events.size() - at)
              : events.size() - at;
      boolean more = at + count < events.size();
      push(
          answer(member.applied())
              .addAllEvents(events.subList(at, at + count))
              .setFragment(more)
              .build());
      at += count;
    }
  }

  private void push(WatchResponse response) {
    waiting.add(response);
    flush();
  }

  private void flush() {
    while (credit > 0 && !waiting.isEmpty() && !over) {
      credit--;
      send.accept(waiting.remove());
    }
  }

  @Override
  public void mayHave(int more) {
    credit += more;
    flush();
  }

  @Override
  public void end(Status status) {
    if (!over) {
      over = true;
      member.remove(this);
      close.accept(status);
    }
  }

  @Override
  public void gone() {
    over = true;
    member.remove(this);
  }
}
