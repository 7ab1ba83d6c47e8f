package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.service.config.CommandKind;
import org.etcdmirror.service.config.LinkOption;
import org.etcdmirror.service.config.Settings;
import org.etcdmirror.service.config.Values;
import org.etcdmirror.service.http.MirrorActions;
import org.etcdmirror.service.http.ServedMirror;
import org.etcdmirror.service.http.StatusServer;
import org.etcdmirror.v2.V2Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Damaged requests to the status pages are answered or refused, and never fail a page. */
class HostileRequestsTest {

  private static final int ROUNDS = 500;

  private static final List<String> VALID =
      List.of(
          "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
          "HEAD /lag HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n",
          "GET /metrics HTTP/1.0\r\n\r\n",
          "POST /approve?plan=abc HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
              + "Connection: close\r\n\r\n",
          "POST /resume HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
              + "Connection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

  private static final List<byte[]> PIECES =
      Stream.of(
              "\r\n",
              "\n",
              "\r",
              " ",
              "\0",
              "\t",
              "\u00ff",
              ":",
              "?",
              "&",
              "=",
              "#",
              "%",
              "%zz",
              "%00",
              "%c0%af",
              "%f",
              "/..",
              "//",
              "*",
              "mailto:a",
              "http://localhost:1/healthz",
              "HTTP/9.9",
              "CONNECT localhost:1 HTTP/1.1\r\n",
              "Content-Length: -1\r\n",
              "Content-Length: 99999999999999999999\r\n",
              "Content-Length: 5\r\n",
              "Transfer-Encoding: chunked\r\n",
              "Transfer-Encoding: gzip\r\n",
              "Expect: 100-continue\r\n",
              "Upgrade: h2c\r\nConnection: Upgrade\r\n",
              "Host: evil\r\n",
              " folded: x\r\n",
              "7fffffffffffffff\r\n",
              "X: " + "x".repeat(20_000) + "\r\n",
              "X: y\r\n".repeat(300),
              "plan=" + "a%20".repeat(2_000) + "&")
          .map(text -> text.getBytes(ISO_8859_1))
          .toList();

  private EtcdMirror mirror;
  private StatusServer server;

  @BeforeEach
  void start() {
    mirror =
        EtcdMirror.builder()
            .source(V2Source.of("http://127.0.0.1:1"))
            .sink(InMemorySink.paths())
            .scope(MirrorScope.of("/conf"))
            .build();
    CommandSpec command = CommandSpec.create();
    LinkOption.addTo(command, CommandKind.RUN);
    CommandLine.ParseResult options =
        new CommandLine(command)
            .parseArgs(
                "--source=v2:http://127.0.0.1:1",
                "--sink=v2:http://127.0.0.1:1",
                "--prefix=/conf",
                "--http=127.0.0.1:0");
    Settings settings = Settings.of(Values.read(options, Map.of()));
    server = ServedMirror.start(settings, mirror, MirrorActions.of(mirror));
  }

  @AfterEach
  void stop() {
    server.close();
    mirror.close();
  }

  @Test
  void damagedRequestDoesNotFailAPage() {
    Rounds.run(
        ROUNDS,
        (seed, random) -> {
          String valid = VALID.get(random.nextInt(VALID.size()));
          byte[] request = new Damage(random, PIECES).of(valid.getBytes(ISO_8859_1));
          assertThat(statusLine(request))
              .as("answer to %s", new String(request, ISO_8859_1))
              .matches("|HTTP/1\\.1 (100|200|202|4\\d\\d|501) .*");
          assertThat(statusLine(VALID.get(0).getBytes(ISO_8859_1))).startsWith("HTTP/1.1 200 ");
        });
  }

  /** The first line of the answer; empty if the server closes the connection instead. */
  private String statusLine(byte[] request) throws IOException {
    URI url = URI.create(server.url());
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      try {
        socket.getOutputStream().write(request);
        socket.shutdownOutput();
        String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        return answer.lines().findFirst().orElse("");
      } catch (SocketException closed) {
        // What the server had not read is answered by a reset, which may overtake the answer.
        return "";
      }
    }
  }
}
