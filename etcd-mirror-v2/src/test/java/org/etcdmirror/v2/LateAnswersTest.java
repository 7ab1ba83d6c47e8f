package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.fault.FakeV2Server;
import org.etcdmirror.testkit.fault.FakeV2Server.Answer;
import org.etcdmirror.testkit.fault.FakeV2Server.End;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.watch.HistoryReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Only an answer that ends properly proves that the history holds no more events. */
@Timeout(600)
class LateAnswersTest {

  private static final String EVENT =
      "{\"action\":\"set\",\"node\":{\"key\":\"/conf/a\",\"value\":\"1\",\"modifiedIndex\":6,\"createdIndex\":6}}\n";

  /** An event ends the answer in good order; what follows silence is told. */
  private static Answer watch(String body, End end) {
    return new Answer(200, "7", "c", body, body.isEmpty() ? end : End.AT_ONCE);
  }

  private static boolean asksFrom(String request, int index) {
    return request.contains("waitIndex=" + index + " ");
  }

  /**
   * Reads the event indexes from 5 to 7 and adds -1 if the history is not proven to be complete.
   */
  private static List<Long> read(FakeV2Server server) throws Exception {
    try (V2Client client = V2Client.connect(List.of(server.url().toString()))) {
      List<Long> found = new ArrayList<>();
      HistoryReader history = new HistoryReader(client, "/conf");
      boolean proven =
          history.read(client.endpoint(0), 5, 7, event -> found.add(event.node().modifiedIndex()));
      if (!proven) {
        found.add(-1L);
      }
      return found;
    }
  }

  @Test
  void endInGoodOrderProvesThatThereIsNoMore() throws Exception {
    try (FakeV2Server server =
        new FakeV2Server(request -> watch(asksFrom(request, 5) ? EVENT : "", End.IN_GOOD_ORDER))) {
      assertThat(read(server)).containsExactly(6L);
    }
  }

  @Test
  void answerThatIsCutProvesNothing() throws Exception {
    try (FakeV2Server server =
        new FakeV2Server(request -> watch(asksFrom(request, 5) ? EVENT : "", End.CUT))) {
      assertThat(read(server)).containsExactly(6L, -1L);
    }
  }

  @Test
  void answerThatNeverEndsProvesNothing() throws Exception {
    try (FakeV2Server server =
        new FakeV2Server(request -> watch(asksFrom(request, 5) ? EVENT : "", End.NEVER))) {
      assertThat(read(server)).containsExactly(6L, -1L);
    }
  }

  @Test
  void readIsRepeatedAfterACut() throws Exception {
    List<String> asked = new ArrayList<>();
    try (FakeV2Server server =
        new FakeV2Server(request -> {
          asked.add(request);
          boolean first = asked.size() == 1;
          return watch(
              asksFrom(request, 5) && !first ? EVENT : "", first ? End.CUT : End.IN_GOOD_ORDER);
        })) {
      assertThat(read(server)).containsExactly(6L);
    }
  }
}
