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
 * The history of a lagging member proves nothing. A real member answers a quorum read only when it
 * has caught up, so each fake server stands for a load balancer in front of two members: one
 * answers the read and the other one the watch.
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
   * Starts a server that answers each read with "key not found" at index 100.
   *
   * @param historyClusterId the cluster id in the answers to watches
   * @param historyIndex the index in the answers to watches
   * @param event the event that the history holds; empty for none
   */
  private String server(String historyClusterId, long historyIndex, String event, End end) {
    String absent =
        "{\"errorCode\":100,\"message\":\"Key not found\",\"cause\":\"/\",\"index\":100}";
    End ending = event.isEmpty() ? end : End.AT_ONCE;
    FakeV2Server server =
        new FakeV2Server(request ->
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
  void silenceOfLaggingMemberProvesNothing() throws Exception {
    assertThat(check(server("c", 80, ""))).as("behind the anchor").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 99, ""))).as("behind the others").isEqualTo(UNKNOWN);
    assertThat(check(server("c", 100, ""))).as("level").isEqualTo(BROKEN);
  }

  @Test
  void silenceWithoutProperEndProvesNothing() throws Exception {
    assertThat(check(server("c", 100, "", End.CUT))).isEqualTo(UNKNOWN);
    assertThat(check(server("c", 100, "", End.NEVER))).isEqualTo(UNKNOWN);
  }

  @Test
  void otherEndpointIsAskedWhenFirstMemberLags() throws Exception {
    assertThat(check(server("c", 99, ""), server("c", 101, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void historyOfOtherClusterIsIgnored() throws Exception {
    String strange = server("another", 100, DELETED_LATER);
    assertThat(check(strange)).isEqualTo(UNKNOWN);
    assertThat(check(strange, server("c", 100, DELETED_LATER))).isEqualTo(HOLDS);
  }

  @Test
  void truncatedEventFailsCheck() throws Exception {
    String cut = server("c", 100, "{\"action\":\"delete\"");
    assertThatThrownBy(() -> check(cut)).isInstanceOf(IOException.class);
  }
}
