package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.v3.internal.client.ChannelPool;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.client.V3ErrorException;
import org.etcdmirror.v3.internal.client.V3Problem;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A balancer refuses for a while what etcd allows, and etcd refuses what it allowed before. */
@Timeout(600)
class V3RefusalTest {

  private static final RangeRequest READ =
      RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("/conf/a")).build();

  private final Path password;
  private V3Mirroring pair;
  private FaultProxy toSource;
  private FaultProxy toSink;
  private V3Http source;
  private V3Http sink;

  V3RefusalTest(@TempDir Path directory) throws IOException {
    password = Files.writeString(directory.resolve("password"), "secret\n");
  }

  @BeforeEach
  void start() {
    pair = V3Mirroring.start(EtcdBinary.find().orElseThrow());
    source = guard(pair.source);
    sink = guard(pair.sink);
    toSource = FaultProxy.to(pair.sourceUrls.get(0));
    toSink = FaultProxy.to(pair.sinkUrls.get(0));
  }

  @AfterEach
  void stop() {
    toSource.close();
    toSink.close();
    pair.close();
  }

  private static V3Http guard(V3Http open) {
    open.role("mirror");
    open.grantPrefix("mirror", "READWRITE", V3Mirroring.PREFIX);
    open.grantPrefix("mirror", "READWRITE", V3Mirroring.CHECKPOINT);
    open.user("mirror", "secret", "mirror");
    return open.enableAuth("secret");
  }

  private EtcdMirror mirror(Duration refused) {
    Access access = new Access("mirror", password, null, null, null);
    return EtcdMirror.builder()
        .source(
            V3Source.builder()
                .endpoints(toSource.url().toString())
                .access(access)
                .refused(refused)
                .build())
        .sink(
            V3Sink.builder()
                .endpoints(toSink.url().toString())
                .access(access)
                .refused(refused)
                .build())
        .link("test")
        .scope(MirrorScope.of(V3Mirroring.PREFIX))
        .build();
  }

  private static Status said(String what) {
    return switch (what) {
      case "right" -> Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
      case "token" -> Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");
      case "password" ->
          Status.INVALID_ARGUMENT.withDescription(
              "etcdserver: authentication failed, invalid user ID or password");
      default -> Status.UNIMPLEMENTED.withDescription("unknown service etcdserverpb.KV");
    };
  }

  @ParameterizedTest
  @CsvSource({
    "source,right",
    "source,token",
    "source,password",
    "source,method",
    "sink,right",
    "sink,method"
  })
  @Execution(CONCURRENT)
  void temporaryRefusalByBalancerDoesNotStopMirror(String side, String words) throws Exception {
    FaultProxy way = side.equals("source") ? toSource : toSink;
    URI home = side.equals("source") ? pair.sourceUrls.get(0) : pair.sinkUrls.get(0);
    source.put("/conf/a", "1");
    try (RefusingServer balancer = new RefusingServer(said(words));
        EtcdMirror mirror = mirror(Duration.ofSeconds(60))) {
      mirror.start();
      awaitValue("/conf/a", "1");

      way.redirect(balancer.url());
      way.cutAll();
      source.put("/conf/a", "2");
      V3Mirroring.eventually(
          "refused again and again",
          () -> {
            MirrorStatus now = mirror.status();
            assertThat(now.state()).as(now.toString()).isEqualTo(MirrorState.RETRYING);
            if (!words.equals("token")) {
              assertThat(now.lastError()).contains("tried again until", "refused since");
            }
            assertThat(balancer.refused()).isGreaterThan(5);
          });

      way.redirect(home);
      way.cutAll();
      awaitValue("/conf/a", "2");
      assertThat(mirror.status().counters().gaps()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"source", "sink"})
  @Execution(CONCURRENT)
  void revokedPermissionFailsMirrorAfterGracePeriod(String side) throws Exception {
    source.put("/conf/a", "1");
    try (EtcdMirror mirror = mirror(Duration.ofSeconds(3))) {
      mirror.start();
      awaitValue("/conf/a", "1");

      (side.equals("source") ? source : sink).revokePrefix("mirror", V3Mirroring.PREFIX);
      FaultProxy way = side.equals("source") ? toSource : toSink;
      way.cutAll();
      source.put("/conf/a", "2");

      V3Mirroring.eventually(
          "failed",
          () -> {
            MirrorStatus now = mirror.status();
            assertThat(now.state()).as(now.toString()).isEqualTo(MirrorState.FAILED);
            assertThat(now.lastError())
                .contains("user 'mirror'", way.url().toString(), "has refused it for 3 s");
          });
    }
  }

  @Test
  void refusalWithoutEtcdsTextIsNotFinalAtStart() throws Exception {
    try (RefusingServer stranger = new RefusingServer(Status.PERMISSION_DENIED);
        V3Client client = V3Client.connect(List.of(stranger.url().toString()), Access.ANONYMOUS)) {
      V3ErrorException refused =
          catchThrowableOfType(
              V3ErrorException.class, () -> client.call(KVGrpc.getRangeMethod(), READ));
      assertThat(refused.problem()).isEqualTo(V3Problem.PERMISSION_DENIED);
      assertThat(refused).hasMessageContainingAll(stranger.url().toString(), "tried again until");
    }
  }

  @Test
  void refusalWithEtcdsTextIsFinalAtStart() throws Exception {
    try (RefusingServer stranger = new RefusingServer(said("right"));
        V3Client client = V3Client.connect(List.of(stranger.url().toString()), Access.ANONYMOUS)) {
      assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
          .isInstanceOf(PermanentException.class);
    }
  }

  @Test
  void refusedReadMovesOnToNextEndpoint() throws Exception {
    Access access = new Access("mirror", password, null, null, null);
    try (RefusingServer stranger = new RefusingServer(Status.PERMISSION_DENIED);
        V3Client client =
            V3Client.connect(
                new ChannelPool(),
                List.of(stranger.url().toString(), pair.sourceUrls.get(0).toString()),
                access,
                Duration.ZERO)) {
      source.put("/conf/a", "1");
      for (int i = 0; i < 3; i++) {
        assertThat(client.read(KVGrpc.getRangeMethod(), READ).getCount()).isOne();
        client.members().moveOn();
      }
    }
  }

  private void awaitValue(String key, String value) {
    V3Mirroring.eventually(
        key,
        () ->
            assertThat(sink.values(V3Mirroring.PREFIX))
                .containsEntry(Bytes.utf8(key), Bytes.utf8(value)));
  }
}
