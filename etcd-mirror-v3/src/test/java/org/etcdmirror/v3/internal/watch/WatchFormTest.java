package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.Event;
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
      assertThat(batch.events()).isEmpty();
      assertThat(batch.index()).isEqualTo(9);
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).containsExactly(false, true);
    try (EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).as("after events came").containsExactly(false, true, false);
  }
}
