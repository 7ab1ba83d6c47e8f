package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;

/** On a very slow connection each call ends at its deadline and is retried elsewhere. */
@Timeout(300)
@EtcdTest(v2 = false)
class V3DeadlineTest {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/a")).build();

  private final EtcdServer etcd;
  private FaultProxy dripping;

  V3DeadlineTest(EtcdServer etcd) {
    this.etcd = etcd;
  }

  @BeforeEach
  void start() {
    dripping = FaultProxy.to(etcd.clientUrl());
    dripping.link(LinkLimits.bandwidth(5));
    new V3Http(etcd.clientUrl()).put("/a", "1");
  }

  @AfterEach
  void stop() {
    dripping.close();
  }

  private V3Client both() {
    return V3Client.connect(
        List.of(dripping.url().toString(), etcd.clientUrl().toString()), Access.ANONYMOUS);
  }

  @Test
  @Execution(CONCURRENT)
  void slowReadIsRetriedOnAnotherEndpoint() throws Exception {
    try (V3Client client = both()) {
      assertThat(client.read(KVGrpc.getRangeMethod(), READ).getCount()).isOne();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void deadlineErrorNamesEndpointAndDuration() {
    try (V3Client client = V3Client.connect(List.of(dripping.url().toString()), Access.ANONYMOUS)) {
      V3ErrorException late =
          catchThrowableOfType(
              V3ErrorException.class, () -> client.call(KVGrpc.getRangeMethod(), READ));
      assertThat(late.problem()).isEqualTo(V3Problem.MEMBER_FAILED);
      assertThat(late)
          .hasMessageContainingAll(dripping.url() + ": read failed: no answer within 9.");
    }
  }

  @Test
  @Execution(CONCURRENT)
  void watchNotCreatedInTimeIsOpenedOnAnotherEndpoint() throws Exception {
    Selection all = Selection.of(Bytes.utf8("/"));
    try (V3Client client = both()) {
      assertThatThrownBy(() -> WatchOpening.open(client, all, Start.now()))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll(dripping.url().toString(), "was not created in 10 s");
      WatchOpening.open(client, all, Start.now()).close();
    }
  }
}
