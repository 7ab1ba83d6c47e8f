package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A progress notice that has waited here says where the source was when the notice came. */
@Timeout(120)
class ProgressArrivalTest {

  private static final long START = 29;
  private static final long HEAD = 30;

  private final HistoryServer server = new HistoryServer(HEAD);
  private final V3Client client = V3Client.connect(List.of(server.url()), Access.ANONYMOUS);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void noticeThatWaitedCountsAsOfItsArrival(boolean asksForProgress) throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    server.answering =
        (start, answers) -> {
          answers.onNext(server.answer().build());
          sent.countDown();
        };
    KeyRange range = KeyRange.of(Bytes.utf8("/conf/"));
    WatchCall watch = WatchCall.start(client, range, START);
    assertThat(watch.take(PATIENCE.toNanos())).isNotNull();
    assertThat(sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    awaitAnotherAnswer(watch);
    QuietProof proof = new QuietProof(client, watch, range, START);
    Silence silence = asksForProgress ? new ProgressRequests(client, watch, at -> proof) : proof;

    long polled = System.nanoTime();
    try (V3EventStream stream =
        new V3EventStream(Selection.of(Bytes.utf8("/conf/")), watch, silence, null, START, START)) {
      EventBatch batch = stream.poll(PATIENCE);

      assertThat(batch.index()).isEqualTo(HEAD);
      assertThat(batch.seenNanos() - polled).isNegative();
    }
  }

  /** What the server answers later on the same connection comes after the notice. */
  private static void awaitAnotherAnswer(WatchCall watch) {
    assertThatThrownBy(() -> V3Client.await(watch.status()))
        .as("the server has no such method")
        .isInstanceOf(PermanentException.class);
  }
}
