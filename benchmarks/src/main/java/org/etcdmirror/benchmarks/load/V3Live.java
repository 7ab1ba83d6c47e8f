package org.etcdmirror.benchmarks.load;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;

/**
 * Writes one key at a time to a v3 source and watches it arrive at the sink. Arguments: the source,
 * the sink, the prefix, then those of {@link Phases}.
 */
public final class V3Live {

  /** Own writes to the sink, so that not this program is what has to warm up. */
  private static final int OWN_WARM_UP = 2_000;

  private static final String OWN_PREFIX = "/load/";

  private final V3Connection source;
  private final V3Connection sink;
  private final Arrivals arrivals = new Arrivals();

  private V3Live(V3Connection source, V3Connection sink) {
    this.source = source;
    this.sink = sink;
  }

  /** Prints the figures. */
  public static void main(String[] arguments) throws Exception {
    Phases phases = new Phases(arguments, 3);
    try (V3Connection source = V3Connection.to(URI.create(arguments[0]));
        V3Connection sink = V3Connection.to(URI.create(arguments[1]))) {
      V3Live load = new V3Live(source, sink);
      load.watch(arguments[2]);
      load.watch(OWN_PREFIX);
      for (int number = 0; number < OWN_WARM_UP; number++) {
        String key = Entry.key(OWN_PREFIX, number);
        write(source, key, number);
        write(sink, key, number);
        load.arrivals.await(key);
      }
      phases.run(number -> load.step(Entry.key(arguments[2], number), number));
    }
  }

  private long step(String key, int number) throws Exception {
    Acknowledgement acknowledged = new Acknowledgement();
    source.transact(transaction(key, number), acknowledged);
    return arrivals.await(key) - acknowledged.time.get(1, TimeUnit.MINUTES);
  }

  private static void write(V3Connection server, String key, int number) {
    server.transact(transaction(key, number));
  }

  private static TxnRequest transaction(String key, int number) {
    ByteString value = ByteString.copyFromUtf8(Entry.value(number, 100));
    return V3Writes.transaction(List.of(V3Writes.put(ByteString.copyFromUtf8(key), value)));
  }

  private void watch(String prefix) {
    sink.watch(new Answers())
        .onNext(
            WatchRequest.newBuilder()
                .setCreateRequest(
                    WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(V3Writes.endOf(prefix))
                        // So the answer to the creation need not be awaited.
                        .setStartRevision(sink.revision() + 1))
                .build());
  }

  private final class Answers implements StreamObserver<WatchResponse> {

    @Override
    public void onNext(WatchResponse answer) {
      int events = answer.getEventsCount();
      if (events > 0) {
        arrivals.arrived(answer.getEvents(events - 1).getKv().getKey().toStringUtf8());
      }
    }

    @Override
    public void onError(Throwable ended) {
      // A wait for a key names what is missing.
    }

    @Override
    public void onCompleted() {}
  }

  /** Its time is taken where that of an arrival is: on the thread of the connection. */
  private static final class Acknowledgement implements StreamObserver<TxnResponse> {

    private final CompletableFuture<Long> time = new CompletableFuture<>();

    @Override
    public void onNext(TxnResponse answer) {
      time.complete(System.nanoTime());
    }

    @Override
    public void onError(Throwable error) {
      time.completeExceptionally(error);
    }

    @Override
    public void onCompleted() {}
  }
}
