package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.WatchPatience;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Answers of a watch come whole, because a server may take very long to cut them, and in pieces
 * where one whole answer is too large.
 */
@Timeout(120)
class WatchFormTest {

  private static final Selection CONF = Selection.of(Bytes.utf8("/conf/"));
  private static final Duration REST = Duration.ofSeconds(3);

  private final HistoryServer server = new HistoryServer(30);
  private final V3Client client = V3Client.connect(List.of(server.url()), Access.ANONYMOUS);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private EventStream open() throws Exception {
    return CatchUpStream.open(client, CONF, Start.after(9), StripeLimits.with(1));
  }

  @Test
  void watchAsksForWholeAnswers() throws Exception {
    try (EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).containsExactly(false);
  }

  @Test
  void streamGoesOnInPiecesAfterTooLargeAnswer() throws Exception {
    int most = client.streams().watchForm().bytes();
    server.answering =
        (start, watch) -> {
          if (server.inPieces.size() == 1) {
            Event.Builder large = HistoryServer.put(10).toBuilder();
            large.getKvBuilder().setValue(ByteString.copyFrom(new byte[most]));
            watch.onNext(server.answer().addEvents(large).build());
          } else {
            server.sendAll(start, watch);
          }
        };
    try (EventStream stream = open()) {
      EventBatch batch = stream.poll(PATIENCE);
      assertThat(server.inPieces).as("before the poll ends").containsExactly(false, true);
      assertThat(batch.events()).isNotEmpty();
    }
    try (EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).as("after events came").containsExactly(false, true, false);
  }

  @Test
  void pieceIsRefusedWhereWholeAnswersWereRequested() throws Exception {
    server.answering =
        (start, watch) -> watch.onNext(server.puts(10, 19).setFragment(true).build());
    try (EventStream stream = open()) {
      assertThatThrownBy(() -> stream.poll(PATIENCE))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(server.url(), "a piece of an answer");
    }
  }

  @Test
  void watchEndsWhoseAnswerStaysUnfinished() throws Exception {
    WatchPatience patience = client.streams().watchPatience();
    long before = patience.nanosWithinAnswer(9);
    client.streams().watchLimit().exceeded(client.streams().watchForm());
    server.answering =
        (start, watch) -> watch.onNext(server.puts(10, 19).setFragment(true).build());
    KeyRange range = KeyRange.of(Bytes.utf8("/conf/"));
    try (WatchCall watch = WatchCall.start(client, range, 9, 1)) {
      assertThatThrownBy(
              () -> {
                while (true) {
                  watch.take(PATIENCE.toNanos());
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(server.url(), "nothing of the rest");
    }
    assertThat(patience.nanosWithinAnswer(9)).isEqualTo(2 * before);
  }

  /** As behind a sink that was paused: the next piece is requested when this one is taken. */
  @Test
  void pieceThatWaitedHereDoesNotCountAsUnfinished() throws Exception {
    client.streams().watchLimit().exceeded(client.streams().watchForm());
    CountDownLatch sent = new CountDownLatch(1);
    server.answering =
        (start, watch) -> {
          watch.onNext(server.puts(10, 19).setFragment(true).build());
          watch.onNext(server.puts(20, 29).build());
          sent.countDown();
        };
    KeyRange range = KeyRange.of(Bytes.utf8("/conf/"));
    try (WatchCall watch = WatchCall.start(client, range, 9, REST.toNanos())) {
      assertThat(watch.take(PATIENCE.toNanos())).as("created").isNotNull();
      assertThat(sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      // What the server answers later on the same connection comes after the piece.
      assertThatThrownBy(() -> V3Client.await(watch.status()))
          .isInstanceOf(PermanentException.class);
      long late = System.nanoTime() + REST.toNanos();
      await().atMost(PATIENCE).until(() -> System.nanoTime() - late > 0);

      assertThat(take(watch).getFragment()).isTrue();
      assertThat(take(watch).getEvents(0).getKv().getModRevision()).isEqualTo(20);
    }
  }

  private static WatchResponse take(WatchCall watch) throws Exception {
    return Objects.requireNonNull(watch.take(PATIENCE.toNanos()), "no answer");
  }

  /** As where no connection lasts as long as a whole answer takes. */
  @Test
  void nextWatchHasTheOtherFormAfterAConnectionLostBeforeEvents() throws Exception {
    server.answering = (start, watch) -> watch.onError(Status.UNAVAILABLE.asRuntimeException());
    for (int i = 0; i < 3; i++) {
      try (EventStream stream = open()) {
        assertThatThrownBy(() -> stream.poll(PATIENCE)).isInstanceOf(IOException.class);
      }
    }
    server.answering = server::sendAll;
    try (EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).containsExactly(false, true, false, true);
  }

  @Test
  void aCloseOfTheStreamChangesNothing() throws Exception {
    server.answering = (start, watch) -> {};
    open().close();
    open().close();
    assertThat(server.inPieces).containsExactly(false, false);
  }
}
