package org.etcdmirror.v3;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.v3.rpc.WatchCreateRequest;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.jspecify.annotations.Nullable;

/** One watch on the wire. As many answers are asked for as were taken, so the server waits. */
final class WatchCall extends ClientCall.Listener<WatchResponse> implements AutoCloseable {

  private static final int AHEAD = 4;

  private record Answer(@Nullable WatchResponse response, @Nullable Status end) {}

  private final ClientCall<WatchRequest, WatchResponse> call;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();

  private WatchCall(ClientCall<WatchRequest, WatchResponse> call) {
    this.call = call;
  }

  static WatchCall start(V3Client client, KeyRange range, long revision) {
    WatchCall watch = new WatchCall(client.stream(WatchGrpc.getWatchMethod()));
    Metadata headers = new Metadata();
    headers.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
    watch.call.start(watch, headers);
    watch.call.request(AHEAD);
    watch.call.sendMessage(
        WatchRequest.newBuilder()
            .setCreateRequest(
                WatchCreateRequest.newBuilder()
                    .setKey(range.from())
                    .setRangeEnd(range.end())
                    .setStartRevision(revision)
                    .setProgressNotify(true)
                    .setFragment(true))
            .build());
    return watch;
  }

  @Override
  public void onMessage(WatchResponse response) {
    answers.add(new Answer(response, null));
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    answers.add(new Answer(null, status));
  }

  /** The next answer, or null if none came in time. */
  @Nullable WatchResponse take(long nanos) throws IOException, InterruptedException {
    Answer answer = answers.poll(nanos, TimeUnit.NANOSECONDS);
    if (answer == null) {
      return null;
    }
    WatchResponse response = answer.response();
    if (response == null) {
      answers.add(answer);
      throw new IOException("the watch ended: " + answer.end());
    }
    call.request(1);
    return response;
  }

  @Override
  public void close() {
    call.cancel("closed", null);
  }
}
