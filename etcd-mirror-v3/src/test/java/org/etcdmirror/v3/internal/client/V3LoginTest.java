package org.etcdmirror.v3.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.google.protobuf.ByteString;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.internal.watch.WatchOpening;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RangeRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;

@Timeout(600)
class V3LoginTest {

  private static final ByteString KEY = ByteString.copyFromUtf8("/k");
  private static final RangeRequest READ = RangeRequest.newBuilder().setKey(KEY).build();

  private static final Selection ALL = Selection.of(Bytes.utf8("/"));

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  private EtcdServer etcd;

  @BeforeEach
  void start() {
    etcd = EtcdServer.builder().enableV2(false).extraFlags("--auth-token-ttl=2").start();
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  private void etcdctl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("etcdctl", "--endpoints=" + etcd.clientUrl()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
    builder.environment().put("ETCDCTL_API", "3");
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private void enableAuth() throws Exception {
    etcdctl("user", "add", "root:secret");
    etcdctl("user", "grant-role", "root", "root");
    etcdctl("auth", "enable");
  }

  private V3Client connect(String user, String password) throws Exception {
    Path file = Files.writeString(directory.resolve("password"), password + "\n");
    return V3Client.connect(
        List.of(etcd.clientUrl().toString()), new Access(user, file, null, null, null));
  }

  @Test
  void clientWorksWithoutTokenUntilAuthIsEnabled() throws Exception {
    try (V3Client client = connect("root", "secret")) {
      client.call(KVGrpc.getRangeMethod(), READ);
      enableAuth();
      client.call(KVGrpc.getRangeMethod(), READ);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void clientLogsInAgainAfterTokenExpires() throws Exception {
    enableAuth();
    try (V3Client client = connect("root", "secret")) {
      client.call(KVGrpc.getRangeMethod(), READ);
      await().pollDelay(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(60)).until(() -> true);
      client.call(KVGrpc.getRangeMethod(), READ);

      await().pollDelay(Duration.ofSeconds(5)).atMost(Duration.ofSeconds(60)).until(() -> true);
      try (EventStream stream = WatchOpening.open(client, ALL, Start.now())) {
        assertThat(stream.startIndex()).isPositive();
      }
    }
  }

  @Test
  void aWrongPasswordIsPermanentAndNamesUserAndEndpoint() throws Exception {
    enableAuth();
    try (V3Client client = connect("root", "wrong")) {
      assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'root'")
          .hasMessageContaining(etcd.clientUrl().toString());
    }
  }

  @Test
  void callWithoutUserFailsPermanently() throws Exception {
    enableAuth();
    try (V3Client client =
        V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("no user configured");
    }
  }

  @Test
  void watchWithoutUserFailsPermanently() throws Exception {
    enableAuth();
    try (V3Client client =
        V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      assertThatThrownBy(() -> WatchOpening.open(client, ALL, Start.now()))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("watch failed")
          .hasMessageContaining("no user configured")
          .hasMessageContaining(etcd.clientUrl().toString());
    }
  }

  @Test
  void watchBeyondUsersPermissionsFailsPermanently() throws Exception {
    etcdctl("user", "add", "mirror:secret");
    etcdctl("role", "add", "reader");
    etcdctl("role", "grant-permission", "reader", "read", "--prefix", "/a/");
    etcdctl("role", "grant-permission", "reader", "read", "--prefix", "/c/");
    etcdctl("user", "grant-role", "mirror", "reader");
    enableAuth();
    try (V3Client client = connect("mirror", "secret")) {
      Selection one = Selection.of(Bytes.utf8("/a/"));
      WatchOpening.open(client, one, Start.now()).close();
    }
    try (V3Client client = connect("mirror", "secret")) {
      Selection both = Selection.of(Bytes.utf8("/c/"), Bytes.utf8("/a/"));
      assertThatThrownBy(() -> WatchOpening.open(client, both, Start.now()))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'mirror'")
          .hasMessageContaining("from '/a/' to the end of '/c/'");
    }
  }

  @Test
  void callWithoutPermissionFailsPermanently() throws Exception {
    etcdctl("user", "add", "mirror:secret");
    enableAuth();
    try (V3Client client = connect("mirror", "secret")) {
      assertThatThrownBy(() -> client.call(KVGrpc.getRangeMethod(), READ))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("'mirror'");
    }
  }
}
