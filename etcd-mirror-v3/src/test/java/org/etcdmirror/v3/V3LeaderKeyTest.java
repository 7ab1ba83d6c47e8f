package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Candidate;
import org.etcdmirror.api.Lead;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A leader's key that etcd does not remove, or not yet. */
@Timeout(600)
@EtcdTest(v2 = false)
class V3LeaderKeyTest {

  private static final Duration TERM = Duration.ofSeconds(5);

  @Test
  void keyThatNoLeaseRemovesIsTakenOverAfterATerm(EtcdServer etcd) throws Exception {
    new V3Http(etcd.clientUrl()).put("/__replication/.leader/link", "leader=gone\n");
    try (V3Sink sink = V3Sink.of(etcd.clientUrl().toString());
        Candidate candidate = sink.candidate("link", "next", TERM);
        Candidate other = sink.candidate("link", "other", TERM)) {
      assertThat(ask(candidate).leader()).as("before the term is over").isEqualTo("gone");
      await().atMost(PATIENCE).until(() -> ask(candidate).isMine());
      assertThat(ask(other).leader()).isEqualTo("next");
    }
  }

  /** A busy machine may not answer within the short time that a candidate waits. */
  private static Lead ask(Candidate candidate) {
    return await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(IOException.class::isInstance)
        .until(candidate::ask, lead -> true);
  }
}
