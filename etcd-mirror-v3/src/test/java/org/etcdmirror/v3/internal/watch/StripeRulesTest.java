package org.etcdmirror.v3.internal.watch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.HistoryClearedException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.Event;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a stripe counts, and that the stream is whole where one does not. */
@Timeout(120)
class StripeRulesTest {

  private static final long HEAD = 200;
  private static final long START = 1;

  /** The first stripe begins behind the first answer of the one watch. */
  private static final long FIRST = START + HistoryServer.ROUND + 1;

  private static final int LENGTH = HistoryServer.ROUND - 1;

  /** The watch of the second stripe starts here. */
  private static final long SECOND = FIRST + LENGTH - 1;

  /** The watch of the third stripe starts here. */
  private static final long THIRD = FIRST + 2 * LENGTH - 1;

  private final HistoryServer server = new HistoryServer(HEAD);
  private final V3Client client = V3Client.connect(List.of(server.url()), Access.ANONYMOUS);
  private final StripeRoom room = new StripeRoom(StripeRoom.MOST_WATCHES, 64 << 20);
  private final List<Long> delivered = new ArrayList<>();
  private int stripes;

  /** How long a stripe may be silent. */
  private Duration patience = Duration.ofMillis(300);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private void readAll() throws Exception {
    StripeLimits limits = new StripeLimits(8, HistoryServer.ROUND, patience, room);
    try (CatchUpStream stream =
        (CatchUpStream)
            CatchUpStream.open(
                client, Selection.of(Bytes.utf8("/conf/")), Start.after(START), limits)) {
      long index = START;
      while (index < HEAD) {
        EventBatch batch = stream.poll(PATIENCE);
        batch.events().forEach(event -> delivered.add(event.index()));
        index = batch.index();
        stripes = stream.stripesRead();
      }
    }
  }

  private void assertAllDelivered() {
    assertThat(delivered)
        .containsExactlyElementsOf(LongStream.rangeClosed(START + 1, HEAD).boxed().toList());
  }

  /** Answers one watch in another way, once. */
  private void answerThird(HistoryServer.Answering third) {
    AtomicBoolean answered = new AtomicBoolean();
    server.answering =
        (start, watch) -> {
          if (start == THIRD && answered.compareAndSet(false, true)) {
            awaitTheFirstTwo();
            third.answer(start, watch);
          } else {
            server.sendAll(start, watch);
          }
        };
  }

  /** Creates one watch in another way, once. */
  private void createThird(WatchResponse created) {
    AtomicBoolean asked = new AtomicBoolean();
    server.creating =
        start -> {
          if (start == THIRD && asked.compareAndSet(false, true)) {
            awaitTheFirstTwo();
            return created;
          }
          return server.created();
        };
  }

  /** A set that is given up cancels watches, which then may never reach the server. */
  private void awaitTheFirstTwo() {
    await().atMost(PATIENCE).until(() -> server.starts.containsAll(List.of(FIRST - 1, SECOND)));
  }

  /** What is complete may have been handed on before. */
  private void assertGivenUpAfterTwoStripes() throws Exception {
    readAll();
    assertAllDelivered();
    assertThat(server.startsOfStripes())
        .as("one watch began again")
        .filteredOn(start -> start <= THIRD)
        .hasSizeGreaterThan(3);
  }

  @Test
  void eachStripeBeginsOneRevisionEarlyAndDropsIt() throws Exception {
    readAll();
    assertAllDelivered();
    assertThat(stripes).isGreaterThanOrEqualTo(16);
    assertThat(server.startsOfStripes().subList(0, 8))
        .containsExactlyElementsOf(
            LongStream.range(0, 8).map(stripe -> FIRST + stripe * LENGTH - 1).boxed().toList());
  }

  /** Small events take more memory than they have bytes. */
  @Test
  void stripeOfMoreEventsThanThereIsRoomForIsGivenUp() throws Exception {
    answerThird((start, watch) -> {
      WatchResponse.Builder many = server.answer();
      for (int i = 0; i < 400; i++) {
        Event.Builder put = HistoryServer.put(start + 1).toBuilder();
        put.getKvBuilder().setKey(ByteString.copyFromUtf8("/conf/" + i));
        many.addEvents(put);
      }
      watch.onNext(many.build());
      watch.onNext(server.puts(start + 2, HEAD).build());
    });
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void stripeThatIsSilentIsNotWhole() throws Exception {
    answerThird((start, watch) -> {});
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void stripeWithoutItsLastRevisionIsNotWhole() throws Exception {
    answerThird((start, watch) -> watch.onNext(server.puts(start, start + LENGTH - 1).build()));
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void progressDoesNotMakeStripeWhole() throws Exception {
    answerThird((start, watch) -> watch.onNext(server.answer().build()));
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void repeatedRevisionsEndTheWholeSet() throws Exception {
    answerThird((start, watch) -> {
      watch.onNext(server.puts(start, start + 3).build());
      watch.onNext(server.puts(start, start + LENGTH).build());
    });
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void failedStripeEndsTheWholeSet() throws Exception {
    answerThird((start, watch) ->
        watch.onError(Status.UNAVAILABLE.withDescription("gone").asRuntimeException()));
    readAll();
    assertAllDelivered();
  }

  @Test
  void stripeOnAnotherMemberEndsTheWholeSet() throws Exception {
    WatchResponse created = server.created();
    createThird(
        created.toBuilder().setHeader(created.getHeader().toBuilder().setMemberId(2)).build());
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void failedCreationLeavesOneWatch() throws Exception {
    createThird(server.created().toBuilder().setCanceled(true).setWatchId(-1).build());
    assertGivenUpAfterTwoStripes();
  }

  @Test
  void compactionAboveTheFirstStartIsGap() {
    Set<Long> answered = ConcurrentHashMap.newKeySet();
    server.answering =
        (start, watch) -> {
          if (start == THIRD && answered.add(start)) {
            server.compacted = start + 3;
            watch.onNext(server.puts(start + 3, start + LENGTH).build());
          } else if (start > START && start < THIRD && answered.add(start)) {
            watch.onNext(server.puts(start, start + LENGTH).build());
          } else {
            server.sendAll(start, watch);
          }
        };
    assertThatThrownBy(this::readAll).isInstanceOf(HistoryClearedException.class);
    assertThat(delivered)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(START + 1, START + delivered.size()).boxed().toList());
    assertThat(delivered.size()).isLessThanOrEqualTo((int) (THIRD - START));
  }

  /** The mirror then looks whether the cluster is back in an older state. */
  @Test
  void lostConnectionFailsTheStreamBeforeAnotherWatchReadsOn() {
    // A set that is given up earlier makes the loss one of another set.
    patience = PATIENCE;
    answerThird((start, watch) -> {
      while (server.idle == null) {
        Thread.onSpinWait();
      }
      requireNonNull(server.idle)
          .onError(Status.UNAVAILABLE.withDescription("restarted").asRuntimeException());
      watch.onError(Status.UNAVAILABLE.withDescription("restarted").asRuntimeException());
    });
    assertThatThrownBy(this::readAll).isInstanceOf(IOException.class);
    assertThat(delivered.size()).isLessThanOrEqualTo((int) (THIRD - START));
  }

  @Test
  void stripeOfMoreBytesThanPlannedIsGivenUp() throws Exception {
    AtomicBoolean sent = new AtomicBoolean();
    answerThird((start, watch) -> {
      sent.set(true);
      WatchResponse.Builder large = server.puts(start, start + LENGTH);
      large.getEventsBuilder(0).getKvBuilder().setValue(ByteString.copyFrom(new byte[1 << 20]));
      watch.onNext(large.build());
    });
    readAll();
    assertAllDelivered();
    assertThat(sent).isTrue();
  }

  @Test
  void roomIsGivenBack() throws Exception {
    answerThird((start, watch) -> {});
    readAll();
    assertThat(room.take(5, 100, 1 << 20)).isEqualTo(64);
  }
}
