package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class V3ClientTest {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/k")).build();

  private static RequestOp put(String key, int size) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(new byte[size])))
        .build();
  }

  private static V3Client connect(Object... endpoints) {
    return V3Client.connect(
        List.of(endpoints).stream().map(Object::toString).toList(), Access.ANONYMOUS);
  }

  @Test
  void clientReadsFromAnotherMemberWhenFirstIsKilled() throws Exception {
    try (EtcdCluster cluster = EtcdServer.builder().enableV2(false).startCluster(3);
        V3Client client = connect(cluster.clientUrls().toArray())) {
      client.call(KVGrpc.getRangeMethod(), READ);
      cluster.member(0).kill();
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> client.read(KVGrpc.getRangeMethod(), READ).getHeader().getRevision() > 0);
    }
  }

  @Test
  void answersAreTakenOnTheThreadOfTheConnection() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        V3Client client = connect(etcd.clientUrl())) {
      assertThat(threadOfAnswer(etcd, client)).startsWith("grpc-default-worker");
    }
  }

  @Test
  void passwordIsNotAskedForOnTheThreadOfTheConnection() throws Exception {
    AtomicReference<String> asking = new AtomicReference<>();
    Access.PasswordSupplier password =
        () -> {
          asking.set(Thread.currentThread().getName());
          return "secret";
        };
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start()) {
      new V3Http(etcd.clientUrl()).enableAuth("secret");
      try (V3Client client =
          V3Client.connect(List.of(etcd.clientUrl().toString()), Access.user("root", password))) {
        assertThat(threadOfAnswer(etcd, client)).startsWith("grpc-default-worker");
        assertThat(asking).hasValue("etcd-mirror-password");
      }
    }
  }

  /** The server is frozen meanwhile, so that there is no answer before it is waited for. */
  private static String threadOfAnswer(EtcdServer etcd, V3Client client) throws Exception {
    client.call(KVGrpc.getRangeMethod(), READ);
    CompletableFuture<String> thread;
    try (EtcdServer.Frozen frozen = etcd.freeze()) {
      thread =
          client
              .send(KVGrpc.getRangeMethod(), READ)
              .thenApply(answer -> Thread.currentThread().getName());
    }
    return V3Client.await(thread);
  }

  @Test
  void requestErrorsAreClassified() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        V3Client client = connect(etcd.clientUrl())) {
      TxnRequest.Builder many = TxnRequest.newBuilder();
      for (int i = 0; i < 129; i++) {
        many.addSuccess(put("/" + i, 1));
      }
      assertThat(refusal(client, many.build()).tooManyOperations()).isTrue();

      TxnRequest large = TxnRequest.newBuilder().addSuccess(put("/large", 1_600_000)).build();
      assertThat(refusal(client, large).tooLarge()).isTrue();

      TxnRequest larger = TxnRequest.newBuilder().addSuccess(put("/larger", 4_000_000)).build();
      assertThat(refusal(client, larger).tooLarge()).isTrue();

      V3ErrorException future =
          catchThrowableOfType(
              V3ErrorException.class,
              () ->
                  client.call(
                      KVGrpc.getRangeMethod(), READ.toBuilder().setRevision(1_000).build()));
      assertThat(future.futureRevision()).isTrue();
      assertThat(future).hasMessageContaining(etcd.clientUrl().toString());
    }
  }

  private static V3PermanentException refusal(V3Client client, TxnRequest request) {
    return catchThrowableOfType(
        V3PermanentException.class, () -> client.call(KVGrpc.getTxnMethod(), request));
  }

  @Test
  void clientGivesUpOnSilentMemberAndUsesNext() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        V3Client client = connect(proxy.url(), etcd.clientUrl())) {
      client.call(KVGrpc.getRangeMethod(), READ);
      proxy.stall(true);
      V3ErrorException late =
          catchThrowableOfType(
              V3ErrorException.class, () -> client.call(KVGrpc.getRangeMethod(), READ));
      assertThat(late.code()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      assertThat(late.outcomeUnknown()).isTrue();
      client.call(KVGrpc.getRangeMethod(), READ);
    }
  }

  @Test
  void invalidEndpointsAreRefused() {
    for (String bad :
        List.of("localhost:2379", "ftp://h:1", "http://h", "http://h:1/x", "http://")) {
      assertThatThrownBy(() -> connect(bad))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(bad)
          .hasMessageMatching(".*");
    }
    assertThatThrownBy(() -> connect("http://me:secret@h:1"))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .doesNotContain("secret");
  }
}
