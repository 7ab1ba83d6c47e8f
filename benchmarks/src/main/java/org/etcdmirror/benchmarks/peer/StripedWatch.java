package org.etcdmirror.benchmarks.peer;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Pipeline;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.WatchCancelRequest;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * Reads history by many watches, each of as many revisions as a server delivers to one watch at a
 * time, then follows by the last of them. Writes what arrives at once, in the order of arrival.
 */
final class StripedWatch implements StreamObserver<WatchResponse> {

  private static final int REVISIONS = 1000;
  private static final int MOST_AT_ONCE = 64;
  private static final int EVENTS_TOGETHER = 512;

  private final V3Pipeline sink;
  private final String prefix;
  private final long from;
  private final long stripes;
  private final StreamObserver<WatchRequest> requests;
  private long opened;

  StripedWatch(V3Connection source, V3Connection sink, String prefix, long from) {
    this.sink = new V3Pipeline(sink, Integer.MAX_VALUE);
    this.prefix = prefix;
    this.from = from;
    this.stripes = Math.max(0, source.revision() - from) / REVISIONS + 1;
    this.requests = source.watch(this);
  }

  void start() {
    for (long i = Math.min(stripes, MOST_AT_ONCE); i > 0; i--) {
      openNext();
    }
  }

  private synchronized void openNext() {
    if (opened < stripes) {
      requests.onNext(
          WatchRequest.newBuilder()
              .setCreateRequest(
                  WatchCreateRequest.newBuilder()
                      .setKey(ByteString.copyFromUtf8(prefix))
                      .setRangeEnd(V3Writes.endOf(prefix))
                      .setStartRevision(from + opened * REVISIONS)
                      .setWatchId(opened + 1))
              .build());
      opened++;
    }
  }

  /** The first revision of the next stripe; the last one has no end. */
  private long endOf(long watchId) {
    return watchId == stripes ? Long.MAX_VALUE : from + watchId * REVISIONS;
  }

  @Override
  public void onNext(WatchResponse answer) {
    if (answer.getCanceled() || answer.getEventsCount() == 0) {
      return;
    }
    long end = endOf(answer.getWatchId());
    write(answer.getEventsList(), end);
    long last = answer.getEvents(answer.getEventsCount() - 1).getKv().getModRevision();
    if (last >= end - 1) {
      cancel(answer.getWatchId());
      openNext();
    }
  }

  private synchronized void cancel(long watchId) {
    requests.onNext(
        WatchRequest.newBuilder()
            .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId))
            .build());
  }

  private void write(List<Event> events, long end) {
    Map<ByteString, RequestOp> newest = new LinkedHashMap<>();
    for (Event event : events) {
      if (event.getKv().getModRevision() < end) {
        newest.put(event.getKv().getKey(), operation(event));
      }
    }
    List<RequestOp> operations = new ArrayList<>(newest.values());
    for (int i = 0; i < operations.size(); i += EVENTS_TOGETHER) {
      send(operations.subList(i, Math.min(operations.size(), i + EVENTS_TOGETHER)));
    }
  }

  private static RequestOp operation(Event event) {
    return event.getType() == Event.EventType.PUT
        ? V3Writes.put(event.getKv().getKey(), event.getKv().getValue())
        : V3Writes.delete(event.getKv().getKey());
  }

  private void send(List<RequestOp> operations) {
    try {
      sink.send(V3Writes.transaction(operations));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A program that does not follow is found by the comparison of both sides. */
  @Override
  public void onError(Throwable ended) {
    System.err.println("the watch ended: " + ended);
  }

  @Override
  public void onCompleted() {}
}
