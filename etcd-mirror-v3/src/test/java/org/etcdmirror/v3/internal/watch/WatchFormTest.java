package org.etcdmirror.v3.internal.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
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

  private V3EventStream open() throws Exception {
    return WatchOpening.open(client, CONF, Start.after(9));
  }

  @Test
  void watchAsksForWholeAnswers() throws Exception {
    try (V3EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).containsExactly(false);
  }

  @Test
  void tooLargeAnswerIsAskedForInPieces() throws Exception {
    int most = client.streams().watchForm().bytes();
    server.answering =
        (start, watch) -> {
          Event.Builder large = HistoryServer.put(10).toBuilder();
          large.getKvBuilder().setValue(ByteString.copyFrom(new byte[most]));
          watch.onNext(server.answer().addEvents(large).build());
        };
    try (V3EventStream stream = open()) {
      assertThatThrownBy(() -> stream.poll(PATIENCE)).isInstanceOf(IOException.class);
    }
    server.answering = server::sendAll;
    try (V3EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    try (V3EventStream stream = open()) {
      assertThat(stream.poll(PATIENCE).events()).isNotEmpty();
    }
    assertThat(server.inPieces).containsExactly(false, true, false);
  }
}
