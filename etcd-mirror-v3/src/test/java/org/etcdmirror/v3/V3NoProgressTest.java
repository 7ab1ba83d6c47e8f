package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.store.InMemoryIndexStore;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server with useless answers is asked with increasing back-off, and the status says so. */
@Tag("long")
@Timeout(600)
class V3NoProgressTest {

  private static final Duration MEASURED = Duration.ofSeconds(5);
  private static final int MOST_REQUESTS = 200;
  private static final long PARK_NANOS = 100_000;

  private static final WatchResponse EMPTY =
      WatchResponse.newBuilder().setHeader(FakeV3Server.HEADER).build();

  /** One way in which a server misbehaves, while all else is correct. */
  enum Flood {
    EMPTY_ANSWERS(server -> server.watching = call -> flood(call, EMPTY)),
    ANSWERS_WITHOUT_A_HEADER(
        server -> server.watching = call -> flood(call, WatchResponse.getDefaultInstance())),
    CANCELED_AT_ONCE(server ->
        server.watching = call -> call.onNext(EMPTY.toBuilder().setCanceled(true).build())),
    ENDS_AT_ONCE(server -> server.watching = ServerCallStreamObserver::onCompleted),
    NEVER_CREATED(server ->
        server.creations =
            created -> created.toBuilder().setCreated(false).setCanceled(true).build()),
    PAGES_THAT_DO_NOT_ADVANCE(server ->
        server.pages =
            page ->
                page.toBuilder()
                    .clearKvs()
                    .addKvs(FakeV3Server.kv("/conf/a", 5))
                    .setCount(5)
                    .setMore(true)
                    .build());

    private final Consumer<FakeV3Server> setUp;

    Flood(Consumer<FakeV3Server> setUp) {
      this.setUp = setUp;
    }

    /** Sends an answer as fast as the client takes it. */
    private static void flood(ServerCallStreamObserver<WatchResponse> call, WatchResponse answer) {
      Thread thread =
          new Thread(
              () -> {
                while (!call.isCancelled()) {
                  if (call.isReady()) {
                    call.onNext(answer);
                  } else {
                    // Spinning would take the processors that the mirror needs to fail.
                    LockSupport.parkNanos(PARK_NANOS);
                  }
                }
              },
              "flood");
      thread.setDaemon(true);
      thread.start();
    }
  }

  @ParameterizedTest
  @EnumSource(Flood.class)
  @Execution(CONCURRENT)
  void mirrorBacksOffFromUselessAnswersAndReportsError(Flood flood) throws Exception {
    try (FakeV3Server server = new FakeV3Server("/conf/a");
        EtcdMirror mirror =
            EtcdMirror.builder()
                .source(V3Source.builder().endpoints(server.url()).build())
                .sink(InMemorySink.bytes())
                .indexStore(new InMemoryIndexStore())
                .scope(MirrorScope.of("/conf/"))
                .build()) {
      flood.setUp.accept(server);
      mirror.start();
      await()
          .atMost(PATIENCE)
          .untilAsserted(() ->
              assertThat(mirror.status().counters().retries())
                  .as(mirror.status().toString())
                  .isGreaterThan(3));
      int before = server.requests();
      int fine = 0;
      int looks = 0;
      for (long end = System.nanoTime() + MEASURED.toNanos();
          System.nanoTime() - end < 0;
          TimeUnit.MILLISECONDS.sleep(50)) {
        MirrorStatus status = mirror.status();
        looks++;
        if (status.caughtUp() || status.state() == MirrorState.FOLLOWING) {
          fine++;
        }
      }
      assertThat(server.requests() - before).as("requests").isLessThan(MOST_REQUESTS);
      assertThat(fine).as("status reads of %d without an error", looks).isLessThan(looks / 10);
      assertThat(mirror.status().lastError()).contains(server.url());
      assertThat(mirror.status().index()).isLessThanOrEqualTo(9);
    }
  }
}
