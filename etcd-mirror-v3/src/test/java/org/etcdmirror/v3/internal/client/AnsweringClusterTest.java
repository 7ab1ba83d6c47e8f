package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.etcdmirror.v3.rpc.RangeResponse;
import org.etcdmirror.v3.rpc.ResponseHeader;
import org.etcdmirror.v3.rpc.StatusResponse;
import org.junit.jupiter.api.Test;

class AnsweringClusterTest {

  private final AnsweringCluster cluster = new AnsweringCluster();

  private static ResponseHeader header(long id, long term) {
    return ResponseHeader.newBuilder().setClusterId(id).setRaftTerm(term).build();
  }

  private static RangeResponse read(long id, long term) {
    return RangeResponse.newBuilder().setHeader(header(id, term)).build();
  }

  @Test
  void streamOfSameClusterIsAccepted() {
    cluster.heard(read(0xa, 2));
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");

    assertThatCode(() -> stream.heard(header(0xa, 2))).doesNotThrowAnyException();
    cluster.heard(read(0xa, 3));
    assertThatCode(stream::check).doesNotThrowAnyException();
  }

  @Test
  void streamOfAnotherClusterIsRefused() {
    cluster.heard(read(0xa, 2));
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");

    assertThatThrownBy(() -> stream.heard(header(0xb, 2)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("the watch is answered by cluster b", "cluster a");
  }

  @Test
  void streamIsRefusedOnceTheCallsAreAnsweredByAnotherCluster() throws Exception {
    cluster.heard(read(0xa, 2));
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");
    stream.heard(header(0xa, 2));

    cluster.heard(read(0xb, 2));

    assertThatThrownBy(stream::check).hasMessageContainingAll("cluster a", "cluster b");
  }

  @Test
  void streamThatChangesItsClusterIsRefused() throws Exception {
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");
    stream.heard(header(0xa, 2));

    assertThatThrownBy(() -> stream.heard(header(0xb, 2))).hasMessageContaining("but before by");
  }

  @Test
  void answerWithoutClusterIdIsIgnored() throws Exception {
    cluster.heard(read(0xa, 2));
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");
    stream.heard(header(0, 0));
    cluster.heard(read(0, 0));
    cluster.heard("no message at all");

    assertThatCode(stream::check).doesNotThrowAnyException();
  }

  @Test
  void decreasingRaftTermIsReportedOnce() {
    cluster.heard(read(0xa, 5));
    AnsweringCluster.Membership stream = cluster.new Membership("the watch");
    // The term in a member's own status may be behind.
    cluster.heard(StatusResponse.newBuilder().setHeader(header(0xa, 3)).build());
    assertThatCode(stream::check).doesNotThrowAnyException();

    cluster.heard(read(0xa, 4));

    assertThatThrownBy(stream::check).hasMessageContaining("raft term went back");
    assertThatCode(cluster.new Membership("the next watch")::check).doesNotThrowAnyException();
  }
}
