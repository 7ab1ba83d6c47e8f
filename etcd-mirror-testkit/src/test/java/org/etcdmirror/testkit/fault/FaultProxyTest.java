package org.etcdmirror.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.etcdmirror.testkit.etcd.Http;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class FaultProxyTest {

  private static final int A_MOMENT = 150;

  private ServerSocket echo;
  private Thread echoing;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    echoing = new Thread(this::echoAll);
    echoing.setDaemon(true);
    echoing.start();
    proxy = FaultProxy.to(URI.create("http://127.0.0.1:" + echo.getLocalPort()));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void echoAll() {
    while (!echo.isClosed()) {
      try {
        Socket socket = echo.accept();
        Thread thread =
            new Thread(() -> {
              try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
              } catch (IOException cut) {
                // As the tests want it.
              }
            });
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  @Test
  void proxyForwardsBothWaysAndHalfCloses() throws IOException {
    byte[] much = new byte[3_000_000];
    try (Socket client = connect()) {
      Thread writer =
          new Thread(() -> {
            try {
              client.getOutputStream().write(much);
              client.shutdownOutput();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
      writer.start();
      assertThat(client.getInputStream().readAllBytes()).hasSize(much.length);
      assertThat(proxy.accepted()).isEqualTo(1);
    }
  }

  @Test
  void cutAllClosesOpenConnectionsAndAcceptsNewOnes() throws IOException {
    try (Socket first = connect()) {
      assertThat(echo(first, "a")).isEqualTo("a");
      assertThat(proxy.connections()).isEqualTo(1);
      proxy.cutAll();
      assertThatThrownBy(() -> echo(first, "b"))
          .isInstanceOfAny(SocketException.class, EOFException.class);
      assertThat(proxy.connections()).isZero();
      try (Socket second = connect()) {
        assertThat(echo(second, "c")).isEqualTo("c");
      }
    }
  }

  @Test
  void refuseAffectsOnlyNewConnections() throws IOException {
    try (Socket old = connect()) {
      assertThat(echo(old, "a")).isEqualTo("a");
      proxy.refuse(true);
      assertThatThrownBy(
              () -> {
                try (Socket refused = connect()) {
                  echo(refused, "b");
                }
              })
          .isInstanceOfAny(SocketException.class, EOFException.class);
      assertThat(echo(old, "c")).isEqualTo("c");
      proxy.heal();
      try (Socket welcome = connect()) {
        assertThat(echo(welcome, "d")).isEqualTo("d");
      }
    }
  }

  @Test
  void stalledProxyHoldsAllBytesBack() throws IOException {
    try (Socket client = connect()) {
      assertThat(echo(client, "a")).isEqualTo("a");
      proxy.stall(true);
      client.setSoTimeout(A_MOMENT);
      assertThatThrownBy(() -> echo(client, "b")).isInstanceOf(SocketTimeoutException.class);
      proxy.stall(false);
      client.setSoTimeout(10_000);
      assertThat(client.getInputStream().read()).isEqualTo('b');
    }
  }

  @Test
  void closeEndsStalledConnections() throws IOException {
    try (Socket client = connect()) {
      assertThat(echo(client, "a")).isEqualTo("a");
      proxy.stall(true);
      client.getOutputStream().write('b');
      proxy.close();
      assertThatThrownBy(() -> read(client, 1))
          .isInstanceOfAny(SocketException.class, EOFException.class);
    }
  }

  @Test
  void delayAppliesToEachDirection() throws IOException {
    proxy.delay(Duration.ofMillis(A_MOMENT));
    try (Socket client = connect()) {
      client.setSoTimeout(A_MOMENT);
      assertThatThrownBy(() -> echo(client, "a")).isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(10_000);
      assertThat(read(client, 1)).isEqualTo("a");
    }
  }

  @Test
  void proxyAnswersWithHtmlPage() throws IOException {
    proxy.answerHtml(502);
    Http.Answer answer =
        Http.request("PUT", proxy.url(), "x".repeat(100_000), "text/plain", Duration.ofSeconds(9));
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).startsWith("<html>").contains("502");
  }

  @Test
  void truncateAfterCutsServerBytes() throws IOException {
    proxy.truncateAfter(5);
    try (Socket client = connect()) {
      client.getOutputStream().write("1234567890".getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("12345");
    }
  }

  @Test
  void clientsAreResetWhenServerIsDown() throws Exception {
    echo.close();
    // A thread inside accept() may still take one connection after close() has returned.
    echoing.join();
    try (Socket client = connect()) {
      assertThatThrownBy(() -> read(client, 1))
          .isInstanceOfAny(SocketException.class, EOFException.class);
    }
  }

  @Test
  void closedProxyLeavesNoThread() throws Exception {
    try (Socket client = connect()) {
      assertThat(echo(client, "a")).isEqualTo("a");
      List<Thread> threads = List.copyOf(ownThreads());
      assertThat(threads).hasSizeGreaterThanOrEqualTo(5);
      proxy.close();
      proxy.close();
      for (Thread thread : threads) {
        thread.join(10_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  private static Set<Thread> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("fault-proxy"))
        .collect(Collectors.toSet());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.url().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static String echo(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    return read(socket, text.length());
  }

  private static String read(Socket socket, int length) throws IOException {
    InputStream in = socket.getInputStream();
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Test
  void connectionsAreRefusedWhileProxyDoesNotListen() throws Exception {
    URI url = proxy.url();
    proxy.listen(false);
    proxy.listen(false);
    assertThatThrownBy(() -> new Socket(url.getHost(), url.getPort()).close())
        .isInstanceOf(ConnectException.class);

    proxy.listen(true);

    assertThat(proxy.url()).isEqualTo(url);
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.getOutputStream().write(7);
      assertThat(socket.getInputStream().read()).isEqualTo(7);
    }
  }
}
