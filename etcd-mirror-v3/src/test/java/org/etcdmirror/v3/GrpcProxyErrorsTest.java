package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdGrpcProxy;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3PermanentException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.LeaseGrantRequest;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A gRPC proxy passes errors on without their code, and they are still classified correctly. */
@Timeout(300)
class GrpcProxyErrorsTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  static Stream<EtcdBinary> binaries() {
    return EtcdBinary.all().stream();
  }

  private static RangeRequest read(String key, long revision) {
    return RangeRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8(key))
        .setRevision(revision)
        .build();
  }

  private static TxnRequest puts(int count, int size, long lease) {
    TxnRequest.Builder puts = TxnRequest.newBuilder();
    for (int i = 0; i < count; i++) {
      Bytes key = Bytes.utf8("/a/" + i);
      puts.addSuccess(SinkOp.put(key, ByteString.copyFrom(new byte[size]), lease));
    }
    return puts.build();
  }

  private static V3Problem problem(ThrowingCallable call) {
    Throwable failure = catchThrowable(call);
    return failure instanceof V3ErrorException passing
        ? passing.problem()
        : ((V3PermanentException) failure).problem();
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void etcdErrorsAreIdentifiedWithoutTheirGrpcCode(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd =
            EtcdServer.builder()
                .binary(binary)
                .enableV2(false)
                .extraFlags("--max-txn-ops=4", "--quota-backend-bytes=8000000")
                .start();
        EtcdGrpcProxy proxy =
            EtcdGrpcProxy.start(binary, etcd.clientUrl(), "--max-send-bytes=9000000");
        V3Client client = connect(proxy, Access.ANONYMOUS)) {
      V3Http http = new V3Http(etcd.clientUrl());
      for (int i = 0; i < 9; i++) {
        http.put("/a/0", "v" + i);
      }
      http.compact(http.revision());
      assertThat(problem(() -> client.call(KVGrpc.getRangeMethod(), read("/a/0", 2))))
          .isEqualTo(V3Problem.COMPACTED);
      assertThat(problem(() -> client.call(KVGrpc.getRangeMethod(), read("/a/0", 2_000))))
          .isEqualTo(V3Problem.FUTURE_REVISION);
      assertThat(problem(() -> client.call(KVGrpc.getTxnMethod(), puts(9, 1, 0))))
          .isEqualTo(V3Problem.TOO_MANY_OPERATIONS);
      assertThat(problem(() -> client.call(KVGrpc.getTxnMethod(), puts(1, 1_572_900, 0))))
          .isEqualTo(V3Problem.TOO_LARGE);
      assertThat(problem(() -> client.call(KVGrpc.getTxnMethod(), puts(1, 4_000_000, 0))))
          .isEqualTo(V3Problem.TOO_LARGE);
      assertThat(problem(() -> client.call(KVGrpc.getTxnMethod(), puts(1, 1, 4711))))
          .isEqualTo(V3Problem.LEASE_NOT_FOUND);
      LeaseGrantRequest grant = LeaseGrantRequest.newBuilder().setID(7).setTTL(3600).build();
      client.call(LeaseGrpc.getLeaseGrantMethod(), grant);
      assertThat(problem(() -> client.call(LeaseGrpc.getLeaseGrantMethod(), grant)))
          .isEqualTo(V3Problem.LEASE_EXISTS);
      assertThat(
              problem(() -> {
                while (true) {
                  client.call(KVGrpc.getTxnMethod(), puts(1, 900_000, 0));
                }
              }))
          .isEqualTo(V3Problem.NO_SPACE);
    }
  }

  @ParameterizedTest
  @MethodSource("binaries")
  void permissionDenialIsPermanentButMissingTokenTriggersLogin(EtcdBinary binary) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start();
        EtcdGrpcProxy proxy = EtcdGrpcProxy.start(binary, etcd.clientUrl());
        V3Client mirror = connect(proxy, user("mirror"));
        V3Client fresh = connect(proxy, user("mirror"));
        V3Client anonymous = connect(proxy, Access.ANONYMOUS)) {
      V3Http http = new V3Http(etcd.clientUrl());
      http.role("reader");
      http.grantPrefix("reader", "READ", "/a/");
      http.user("mirror", "secret", "reader");
      // Authentication is not enabled yet.
      mirror.call(KVGrpc.getRangeMethod(), read("/a/0", 0));
      http.enableAuth("secret");
      mirror.call(KVGrpc.getRangeMethod(), read("/a/0", 0));

      assertThatThrownBy(() -> fresh.call(KVGrpc.getRangeMethod(), read("/b", 0)))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("permission denied (user 'mirror' needs read on key '/b'");
      assertThatThrownBy(() -> mirror.call(KVGrpc.getTxnMethod(), puts(1, 1, 0)))
          .isInstanceOf(PermanentException.class);
      assertThatThrownBy(() -> watch(mirror, "/b/")).isInstanceOf(PermanentException.class);
      watch(mirror, "/a/");
      assertThatThrownBy(() -> anonymous.call(KVGrpc.getRangeMethod(), read("/a/0", 0)))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("user name is empty (no user configured)");
      assertThatThrownBy(() -> watch(anonymous, "/a/")).isInstanceOf(PermanentException.class);
    }
  }

  private static void watch(V3Client client, String prefix) throws Exception {
    WatchOpening.open(client, Selection.of(Bytes.utf8(prefix)), Start.now()).close();
  }

  private Access user(String name) throws Exception {
    Path password = Files.writeString(directory.resolve("password"), "secret\n");
    return new Access(name, password, null, null, null);
  }

  private static V3Client connect(EtcdGrpcProxy proxy, Access access) {
    return V3Client.connect(List.of(proxy.url().toString()), access);
  }
}
