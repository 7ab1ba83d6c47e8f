package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v3.internal.keys.KeyRange;
import org.etcdmirror.v3.rpc.Compare;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A failed call is described in terms that etcd users know, with the endpoint first. */
@Timeout(120)
class V3ReasonTest {

  private static final KeyRange APP = KeyRange.of(Bytes.utf8("/app/"));
  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(APP.from()).setRangeEnd(APP.end()).build();

  private final Path directory;

  V3ReasonTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static RequestOp put(String text) {
    return RequestOp.newBuilder().setRequestPut(PutRequest.newBuilder().setKey(key(text))).build();
  }

  private Access user(String name, String password) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), password);
    return new Access(name, file, null, null, null);
  }

  private static void read(String url, Access access) throws Exception {
    try (V3Client client = V3Client.connect(List.of(url), access)) {
      client.call(KVGrpc.getRangeMethod(), READ);
    }
  }

  private static String free() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return "http://127.0.0.1:" + socket.getLocalPort();
    }
  }

  @Test
  void refusedConnectionIsReportedAsConnectionRefused() throws Exception {
    String url = free();
    assertThatThrownBy(() -> read(url, Access.ANONYMOUS))
        .isInstanceOf(IOException.class)
        .hasMessage(url + ": connection refused");
  }

  @Test
  void connectionThatEndsAsItBeginsIsReportedAsClosed() {
    Status status =
        Status.UNAVAILABLE.withDescription(
            "Connection closing while performing protocol negotiation for [NettyClientHandler#0]");
    assertThat(
            V3Reason.message(
                status, V3Problem.MEMBER_FAILED, "http://a:1", "KV/Range", null, () -> ""))
        .isEqualTo("http://a:1: read failed: the server closed the connection");
  }

  @Test
  void answerInHttp1IsReportedAsNotOfEtcd() throws Exception {
    try (FaultProxy proxy = FaultProxy.to(URI.create(free()))) {
      proxy.answerHtml(502);
      assertThatThrownBy(() -> read(proxy.url().toString(), Access.ANONYMOUS))
          .isInstanceOf(IOException.class)
          .hasMessage(
              proxy.url()
                  + ": read failed: not an answer of etcd, but one in HTTP/1.1, perhaps of a proxy");
    }
  }

  @Test
  void unknownHostIsNamed() {
    assertThatThrownBy(() -> read("http://no-such-host.invalid:2379", Access.ANONYMOUS))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("http://no-such-host.invalid:2379: unknown host: no-such-host");
  }

  @Test
  void missingOrEmptyPasswordFileIsNamed() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start()) {
      String url = etcd.clientUrl().toString();
      Access access = user("m", "");
      Path file = directory.resolve("password");
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessage(url + ": login failed: password file '" + file + "' of user 'm' is empty");
      Files.delete(file);
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessage(
              url + ": login failed: password file '" + file + "' of user 'm' does not exist");
    }
  }

  @Test
  void permissionDenialNamesRequiredRights() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start()) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.role("r");
      http.grantPrefix("r", "READ", "/conf/");
      http.user("wr", "secret", "r");
      http.enableAuth("root");
      String url = etcd.clientUrl().toString();
      try (V3Client client = V3Client.connect(List.of(url), user("wr", "secret"))) {
        assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
            .isInstanceOf(PermanentException.class)
            .hasMessageStartingWith(url + ": read failed: ")
            .hasMessageContaining("user 'wr' needs read on prefix '/app/'")
            .hasMessageContaining("role grant-permission");
        TxnRequest txn =
            TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder().setKey(key("/__replication/l")))
                .addSuccess(put("/__replication/l"))
                .addSuccess(put("/app/a"))
                .build();
        assertThatThrownBy(() -> client.call(KVGrpc.getTxnMethod(), txn))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining(
                "needs readwrite on key '/__replication/l', write on key '/app/a'");
      }
    }
  }

  @Test
  void requiredRightsBeyondThreeAreOnlyCounted() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i < 10; i++) {
      txn.addSuccess(put("/" + i));
    }
    assertThat(V3Rights.of(txn.build()))
        .contains("write on key '/2', and rights on 7 more keys")
        .doesNotContain("'/3'");
    assertThat(V3Rights.of(KeyRange.of(Bytes.EMPTY))).contains("read on all keys");
    assertThat(V3Rights.of(new KeyRange(key("/a"), key("/d"))))
        .contains("read on the range from '/a' to '/d'");
    assertThat(V3Rights.of(KeyRange.single(ByteString.EMPTY))).isEmpty();
  }

  @Test
  void tlsRequestToPlainTextPortIsExplained() throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start()) {
      String url = etcd.clientUrl().toString().replace("http://", "https://");
      Access access = new Access(null, null, certificates.caCert(), null, null);
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(url + ": ")
          .hasMessageContaining("does not speak TLS at this port")
          .hasMessageNotContaining("Pipeline");
    }
  }

  @Test
  void errorMessagesOmitLibraryNames() {
    Status lost =
        Status.UNAVAILABLE
            .withDescription("io exception\nChannel Pipeline: [SslHandler#0, Tail#0]")
            .withCause(
                new IOException("recvAddress(..) failed with error(-104): Connection reset"));
    assertThat(message(lost))
        .isEqualTo("http://h:1: transaction failed: connection lost: Connection reset");
    Status slow =
        Status.DEADLINE_EXCEEDED.withDescription(
            "CallOptions deadline exceeded after 9.987654321s. Name resolution delay 0.1 seconds.");
    assertThat(message(slow)).isEqualTo("http://h:1: transaction failed: no answer within 9.9 s");
    assertThat(message(Status.UNAVAILABLE.withDescription("Network closed for unknown reason")))
        .isEqualTo("http://h:1: transaction failed: the server closed the connection");
    assertThat(message(Status.UNAVAILABLE.withDescription("etcdserver: leader changed")))
        .isEqualTo("http://h:1: transaction failed: etcdserver: leader changed");
    assertThat(message(Status.UNKNOWN)).isEqualTo("http://h:1: transaction failed: UNKNOWN");
  }

  private static String message(Status status) {
    return String.valueOf(
        V3Failures.of(status, "http://h:1", "etcdserverpb.KV/Txn", null, () -> "").getMessage());
  }
}
