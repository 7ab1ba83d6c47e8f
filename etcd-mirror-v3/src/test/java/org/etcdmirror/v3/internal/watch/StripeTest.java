package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3Stream;
import org.etcdmirror.v3.internal.client.WatchLimit;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.WatchGrpc;
import org.etcdmirror.v3.rpc.WatchRequest;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One stripe whose answers come in pieces. */
@Timeout(120)
class StripeTest {

  private static final WatchLimit.Form PIECES = new WatchLimit.Form(true, 1 << 20);

  private final HistoryServer server = new HistoryServer(30);
  private final V3Client client = V3Client.connect(List.of(server.url()), Access.ANONYMOUS);
  private final BlockingQueue<Integer> arrivals = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private Stripe stripe(long first, long last) throws IOException {
    V3Stream<WatchRequest, WatchResponse> stream =
        client
            .streams()
            .watch(WatchGrpc.getWatchMethod(), KeyRange.of(Bytes.utf8("/conf/")), PIECES);
    return new Stripe(client, stream, PIECES, first, last, 10, 1 << 20, () -> arrivals.add(1));
  }

  private void awaitArrival() throws InterruptedException {
    assertThat(arrivals.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void stripeWithPartOfItsLastRevisionIsNotWhole() throws Exception {
    BlockingQueue<StreamObserver<WatchResponse>> watches = new LinkedBlockingQueue<>();
    server.answering =
        (start, watch) -> {
          watches.add(watch);
          watch.onNext(server.puts(11, 19).setFragment(true).build());
        };
    Stripe stripe = stripe(11, 19);
    stripe.start();
    awaitArrival();
    awaitArrival();
    assertThat(stripe.failure()).isNull();
    assertThat(stripe.isReady()).isFalse();
    watches.take().onNext(server.puts(19, 19).build());
    awaitArrival();
    assertThat(stripe.isReady()).isTrue();
    stripe.end();
  }
}
