package org.etcdmirror.v2.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v2.internal.client.V2Client;
import org.etcdmirror.v2.internal.client.V2Request;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A port that serves only gRPC, as etcd 3.5.16's client URL beside {@code
 * --listen-client-http-urls}, which 3.4.23 does not know.
 */
@Timeout(120)
class V2GrpcOnlyTest {

  /** An empty SETTINGS frame and a GOAWAY frame. */
  private static final byte[] GREETING = {
    0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ServerSocket port;

  @BeforeEach
  void listen() throws IOException {
    port = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(() -> {
      try {
        while (true) {
          greet(port.accept());
        }
      } catch (IOException closed) {
        // The test is over.
      }
    });
  }

  private static void greet(Socket client) throws IOException {
    try (client) {
      client.getOutputStream().write(GREETING);
      client.getInputStream().read();
    }
  }

  @AfterEach
  void stop() throws IOException {
    port.close();
    threads.shutdownNow();
  }

  private String url() {
    return "http://127.0.0.1:" + port.getLocalPort();
  }

  @Test
  void grpcOnlyPortIsPermanentFailureWithoutOtherEndpoint() {
    try (V2Sink sink = V2Sink.builder().endpoints(url()).build();
        V2Source source = V2Source.builder().endpoints(url()).build()) {
      assertThatThrownBy(sink.cluster()::head)
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining(url() + ": serves only gRPC")
          .hasMessageContaining("--listen-client-http-urls");
      assertThatThrownBy(() -> source.head(Selection.of(Bytes.utf8("/conf"))))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("serves only gRPC");
    }
  }

  @Test
  void otherEndpointIsUsedBesideGrpcOnlyPort() throws Exception {
    try (EtcdServer etcd = EtcdServer.start();
        V2Client client = V2Client.connect(List.of(url(), etcd.clientUrl().toString()))) {
      client.send(V2Request.put("/conf/x", new V2Form().withValue(new byte[] {'1'})));
      assertThat(client.get("/conf/x", "").requireNode().value()).isEqualTo("1");
    }
  }
}
