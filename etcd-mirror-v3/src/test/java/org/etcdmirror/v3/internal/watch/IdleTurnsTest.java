package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.ChannelPool;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The streams of a thousand clients take turns at proofs, unless somebody waits for one. */
@Timeout(120)
class IdleTurnsTest {

  private static final long HEAD = 30;
  private static final int CLIENTS = 1000;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  /** Even the shortest turn of a thousand is much longer. */
  private static final long LONG = 8 * SECOND;

  private final HistoryServer server = new HistoryServer(HEAD);
  private final ChannelPool pool = new ChannelPool();
  private final List<V3Client> clients = new ArrayList<>();

  @BeforeEach
  void connect() {
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          V3Client.connect(pool, List.of(server.url()), Access.ANONYMOUS, Refusals.PATIENCE));
    }
  }

  @AfterEach
  void stop() {
    clients.forEach(V3Client::close);
    server.close();
  }

  @Test
  void proofThatSomebodyWaitsForDoesNotWaitForItsTurn() throws Exception {
    V3Client client = clients.get(0);
    try (WatchCall watch = WatchCall.start(client, KeyRange.of(Bytes.utf8("/conf/")), HEAD)) {
      Silence silence =
          new ProgressRequests(
              client,
              watch,
              index -> {
                throw new IllegalStateException("the range is not read");
              });
      silence.heard(System.nanoTime());
      assertThat(silence.nanosUntilDue()).isGreaterThan(LONG);

      client.wantProof(HEAD);
      assertThat(silence.nanosUntilDue()).isLessThanOrEqualTo(SECOND);
      client.proofAsked(HEAD - 1);
      assertThat(silence.nanosUntilDue()).isLessThanOrEqualTo(SECOND);

      client.proofAsked(HEAD);
      assertThat(silence.nanosUntilDue()).isGreaterThan(LONG);
    }
  }

  @Test
  void waitingPollIsWokenForAProof() throws Exception {
    V3Client client = clients.get(0);
    try (WatchCall watch = WatchCall.start(client, KeyRange.of(Bytes.utf8("/conf/")), HEAD)) {
      watch.wakeForProofs();
      WatchResponse answer;
      do {
        client.wantProof(HEAD);
        // What the server has sent comes first.
        answer = watch.take(Duration.ofMinutes(10).toNanos());
      } while (answer != null);
    }
  }
}
