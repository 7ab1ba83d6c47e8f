package org.etcdmirror.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The proxy limits bandwidth and adds delay; a slow link guarantees lower bounds of durations only.
 */
@Timeout(600)
class SlowLinkTest {

  private ServerSocket server;
  private ExecutorService threads;
  private FaultProxy proxy;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads = Executors.newCachedThreadPool();
    proxy = FaultProxy.to(URI.create("http://127.0.0.1:" + server.getLocalPort()));
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    server.close();
    threads.shutdownNow();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.url().getPort());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** Accepts one connection, sends this, and closes in good order when the client has ended. */
  private Future<byte[]> serveOne(byte[] answer) {
    return threads.submit(() -> {
      try (Socket socket = server.accept()) {
        Future<byte[]> got = threads.submit(() -> socket.getInputStream().readAllBytes());
        socket.getOutputStream().write(answer);
        socket.shutdownOutput();
        return got.get();
      }
    });
  }

  @Test
  void everyByteArrivesInOrderOnSlowLinkWithJitter() throws Exception {
    proxy.link(LinkLimits.of(400_000, Duration.ofMillis(50), Duration.ofMillis(100)));
    byte[] down = random(200_000, 1);
    byte[] up = random(150_000, 2);
    Future<byte[]> got = serveOne(down);
    long began = System.nanoTime();
    try (Socket client = connect()) {
      threads.submit(() -> {
        client.getOutputStream().write(up);
        client.shutdownOutput();
        return null;
      });
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(down);
    }
    assertThat(got.get()).isEqualTo(up);
    assertThat(System.nanoTime() - began)
        .as("the link keeps to its bandwidth")
        .isGreaterThan(Duration.ofMillis(500).toNanos());
  }

  @Test
  void connectionsShareBandwidthAndEachGetsItsBytes() throws Exception {
    proxy.link(LinkLimits.of(1_000_000, Duration.ofMillis(5), Duration.ofMillis(5)));
    int connections = 20;
    threads.submit(() -> answerByNumber(connections));
    long began = System.nanoTime();
    List<Future<Boolean>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      int number = i;
      clients.add(threads.submit(() -> gets(number)));
    }
    for (Future<Boolean> client : clients) {
      assertThat(client.get()).isTrue();
    }
    assertThat(System.nanoTime() - began).isGreaterThan(Duration.ofMillis(950).toNanos());
  }

  private Void answerByNumber(int connections) throws IOException {
    for (int i = 0; i < connections; i++) {
      Socket socket = server.accept();
      threads.submit(() -> {
        try (socket) {
          int number = socket.getInputStream().read();
          socket.getOutputStream().write(random(50_000, number));
          return null;
        }
      });
    }
    return null;
  }

  private boolean gets(int number) throws IOException {
    try (Socket client = connect()) {
      client.getOutputStream().write(number);
      return Arrays.equals(client.getInputStream().readAllBytes(), random(50_000, number));
    }
  }

  @Test
  void halfCloseArrivesAfterAllBytesSentBefore() throws Exception {
    proxy.link(LinkLimits.of(100_000, Duration.ofMillis(300), Duration.ZERO));
    Future<Long> ended =
        threads.submit(() -> {
          try (Socket socket = server.accept()) {
            byte[] got = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(got);
            return (long) got.length;
          }
        });
    try (Socket client = connect()) {
      byte[] sent = random(20_000, 3);
      client.getOutputStream().write(sent);
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(sent);
    }
    assertThat(ended.get()).isEqualTo(20_000);
  }

  @Test
  void lowBandwidthBlocksSender() throws Exception {
    proxy.link(LinkLimits.bandwidth(20_000));
    AtomicLong sent = new AtomicLong();
    threads.submit(() -> {
      try (Socket socket = server.accept()) {
        socket.setSendBufferSize(64 * 1024);
        byte[] piece = new byte[10_000];
        while (true) {
          socket.getOutputStream().write(piece);
          sent.addAndGet(piece.length);
        }
      }
    });
    try (Socket client = connect()) {
      byte[] some = client.getInputStream().readNBytes(30_000);
      assertThat(some).hasSize(30_000);
      assertThat(sent.get()).as("the rest waits in bounded buffers").isLessThan(5_000_000);
    }
  }

  @Test
  void delayDoesNotReduceBandwidth() throws Exception {
    proxy.link(LinkLimits.of(10_000_000, Duration.ofSeconds(1), Duration.ZERO));
    byte[] much = random(5_000_000, 4);
    Future<byte[]> got = serveOne(much);
    try (Socket client = connect()) {
      InputStream in = client.getInputStream();
      client.setSoTimeout(300);
      assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout(60_000);
      assertThat(in.readAllBytes()).isEqualTo(much);
      client.shutdownOutput();
    }
    got.get();
  }

  @Test
  void healedLinkHasFullSpeed() throws Exception {
    proxy.link(LinkLimits.of(512, Duration.ofMillis(1), Duration.ZERO));
    proxy.heal();
    byte[] much = random(3_000_000, 5);
    Future<byte[]> got = serveOne(much);
    try (Socket client = connect()) {
      assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
      client.shutdownOutput();
    }
    got.get();
  }

  @Test
  void invalidLimitsAreRefused() {
    assertThatThrownBy(() -> LinkLimits.bandwidth(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytesPerSecond");
    assertThatThrownBy(() -> LinkLimits.NONE.withDelay(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("delay");
  }
}
