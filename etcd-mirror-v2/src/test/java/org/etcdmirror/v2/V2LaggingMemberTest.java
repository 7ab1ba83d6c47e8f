package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.api.Anchor.Check.BROKEN;
import static org.etcdmirror.api.Anchor.Check.HOLDS;
import static org.etcdmirror.api.Anchor.Check.UNKNOWN;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.api.Anchor;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.fault.FakeV2Server;
import org.etcdmirror.testkit.fault.FakeV2Server.Answer;
import org.etcdmirror.testkit.fault.FakeV2Server.End;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Members whose history is behind what their cluster agrees on. A real one answers a quorum read
 * only when it has caught up, so behind one address there may be several, as behind a load
 * balancer.
 */
@Timeout(600)
class V2LaggingMemberTest {

  private static final Anchor ANCHOR = new Anchor(Bytes.utf8("/conf/a"), 5, 90);
  private static final String DELETED_LATER =
      """
      {"action":"delete","node":{"key":"/conf/a","modifiedIndex":95,"createdIndex":5},\
      "prevNode":{"key":"/conf/a","value":"1","modifiedIndex":5,"createdIndex":5}}
      """;

  private final List<FakeV2Server> servers = new ArrayList<>();

  @AfterEach
  void stop() {
    servers.forEach(FakeV2Server::close);
  }

  /**
   * A server that answers at index 100 that there is no such key.
   *
   * @param historyClusterId the cluster of the one that looks into its history
   * @param historyIndex the index of that one
   * @param event what it finds there; empty for nothing
   */
  private String server(String historyClusterId, long historyIndex, String event, End end) {
    String absent =
        "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/\",\"index\":100}";
    End ending = event.isEmpty() ? end : End.AT_ONCE;
    FakeV2Server server =
        new FakeV2Server(
            request ->
                request.contains("wait=true")
                    ? new Answer(200, Long.toString(historyIndex), historyClusterId, event, ending)
                    : new Answer(404, "100", "c", absent, End.AT_ONCE));
    servers.add(server);
    return server.url().toString();
  }

  private String server(String historyClusterId, long historyIndex, String event) {
    return server(historyClusterId, historyIndex, event, End.IN_GOOD_ORDER);
  }

  private static Anchor.Check check(String... endpoints) throws Exception {
    try (V2Source source = V2Source.builder().endpoints(endpoints).build()) {
      return source.check(ANCHOR);
    }
  }

  @Test
  void silenceOfOneThatIsBehindProvesNothing() throws Exception {
    assertThat(check(server("c", 80, ""))).as("behind the anchor").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 99, ""))).as("behind the others").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 100, ""))).as("level").isEqualTo(BROKEN);
  }

  @Test
  void silenceThatIsNotProvenProvesNothing() throws Exception {
    assertThat(check(server("c", 100, "", End.CUT))).isEqualTo(UNKNOWN);
    assertThat(check(server("c", 100, "", End.NEVER))).isEqualTo(UNKNOWN);
  }

  @Test
  void anotherIsAskedThen() throws Exception {
    assertThat(check(server("c", 99, ""), server("c", 101, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void oneOfAnotherClusterIsNotBelieved() throws Exception {
    String strange = server("another", 100, DELETED_LATER);
    assertThat(check(strange)).isEqualTo(UNKNOWN);
    assertThat(check(strange, server("c", 100, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void noneThatAnswersMayPass() throws Exception {
    String cut = server("c", 100, "{\"action\":\"delete\"");
    assertThatThrownBy(() -> check(cut)).isInstanceOf(IOException.class);
  }
}
