package org.etcdmirror.v3.internal.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
@EtcdTest(v2 = false)
class LeaderLeaseTest {

  private static final Duration TERM = Duration.ofMillis(100);

  @Test
  void leaseThatLastsHasNotEnded(EtcdServer etcd) throws Exception {
    try (V3Client client = connect(etcd)) {
      client.call(
          LeaseGrpc.getLeaseGrantMethod(),
          LeaseGrantRequest.newBuilder().setID(7).setTTL(600).build());
      LeaderLease leases = new LeaderLease(client, Duration.ZERO);
      assertThat(leases.hasEnded(7)).isFalse();
      assertThat(leases.hasEnded(7)).isFalse();
    }
  }

  @Test
  void leaseThatTheServerDoesNotKnowHasEndedAfterATerm(EtcdServer etcd) throws Exception {
    try (V3Client client = connect(etcd)) {
      LeaderLease leases = new LeaderLease(client, TERM);
      assertThat(leases.hasEnded(8)).as("seen for the first time").isFalse();
      await().atMost(PATIENCE).until(() -> leases.hasEnded(8));
      assertThat(leases.hasEnded(9)).as("another one").isFalse();
    }
  }

  private static V3Client connect(EtcdServer etcd) {
    return V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS);
  }
}
