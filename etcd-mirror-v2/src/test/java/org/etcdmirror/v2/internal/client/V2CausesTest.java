package org.etcdmirror.v2.internal.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.TestCertificates;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The error of a failed request begins with the endpoint and uses terms of etcd users. */
@Timeout(120)
class V2CausesTest {

  private final Path directory;

  V2CausesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Access user(String name, String password) throws IOException {
    Path file = Files.writeString(directory.resolve("password"), password);
    return new Access(name, file, null, null, null);
  }

  private static void read(String url, Access access) throws Exception {
    try (V2Client client = V2Client.connect(List.of(url), access)) {
      client.get("/app", "recursive=true");
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
  void unknownHostIsNamed() {
    assertThatThrownBy(() -> read("http://no-such-host.invalid:2379", Access.ANONYMOUS))
        .isInstanceOf(IOException.class)
        .hasMessage("http://no-such-host.invalid:2379: unknown host: no-such-host.invalid");
  }

  @Test
  void missingOrEmptyPasswordFileIsNamed() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().start()) {
      String url = etcd.clientUrl().toString();
      Access access = user("m", "");
      Path file = directory.resolve("password");
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(url + ": ")
          .hasMessageEndingWith("password file '" + file + "' of user 'm' is empty");
      Files.delete(file);
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessageEndingWith("password file '" + file + "' of user 'm' does not exist");
    }
  }

  @Test
  void permissionDenialNamesRequiredRights() throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().start()) {
      V2Http open = new V2Http(etcd.clientUrl());
      open.put("/app/a", "1");
      V2Http root = open.enableAuth("secret");
      root.role("r", List.of("/conf/*"), List.of("/conf/*"));
      root.user("wr", "w", "r");
      String url = etcd.clientUrl().toString();
      assertThatThrownBy(() -> read(url, user("wr", "w")))
          .isInstanceOf(PermanentException.class)
          .hasMessageStartingWith(url + ": ")
          .hasMessageContaining("user 'wr'; check its password, and that a role grants read on")
          .hasMessageContaining("'/app/*'");
      try (V2Client client = V2Client.connect(List.of(url), user("wr", "w"))) {
        V2Form form = new V2Form().withValue("1".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> client.send(V2Request.put("/app/b", form)))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("grants write on '/app/b'");
      }
    }
  }

  @Test
  void tlsRequestToPlainTextPortIsExplained() throws Exception {
    TestCertificates certificates = TestCertificates.in(directory);
    try (EtcdServer etcd = EtcdServer.builder().start()) {
      String url = etcd.clientUrl().toString().replace("http://", "https://");
      Access access = new Access(null, null, certificates.caCert(), null, null);
      assertThatThrownBy(() -> read(url, access))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(url + ": ")
          .hasMessageContaining("does not speak TLS at this port");
    }
  }
}
