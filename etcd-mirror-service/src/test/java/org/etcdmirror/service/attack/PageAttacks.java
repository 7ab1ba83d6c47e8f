package org.etcdmirror.service.attack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Hostile clients of the status pages. */
final class PageAttacks {

  private static final int CONNECTIONS = 200;
  private static final int SMALLEST_BUFFER = 1;

  private PageAttacks() {}

  static List<Attack> all() {
    return List.of(
        clients("half-sent", "200 clients send half a request", "GET /status HTTP/1.1\r\nHost: "),
        clients(
            "waiting",
            "200 clients wait for an index that does not come",
            "GET /await?index=9007199254740991&timeout=30s HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .repeat(3)),
        clients(
            "slow-readers",
            "200 clients ask for the largest page and do not read it",
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(20)));
  }

  private static Attack clients(String name, String what, String said) {
    return Attack.of(Kind.V3, "pages-" + name, what, stage -> held(stage.service().url(), said))
        .thatHidesPages();
  }

  /** Keeps connections open and replaces closed ones once a second. */
  private static AutoCloseable held(URI pages, String said) {
    List<Socket> sockets = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                while (true) {
                  refill(sockets, pages, said);
                  TimeUnit.SECONDS.sleep(1);
                }
              } catch (InterruptedException over) {
                // The attack is over.
              }
            },
            "clients");
    thread.setDaemon(true);
    thread.start();
    return () -> {
      thread.interrupt();
      thread.join();
      for (Socket socket : sockets) {
        socket.close();
      }
    };
  }

  private static void refill(List<Socket> sockets, URI pages, String said) {
    sockets.removeIf(PageAttacks::isGone);
    while (sockets.size() < CONNECTIONS) {
      Socket socket = new Socket();
      sockets.add(socket);
      try {
        socket.setReceiveBufferSize(SMALLEST_BUFFER);
        socket.connect(new InetSocketAddress(pages.getHost(), pages.getPort()), 1_000);
        socket.getOutputStream().write(said.getBytes(ISO_8859_1));
      } catch (IOException turnedAway) {
        // The socket counts as a connection until the next round.
      }
    }
  }

  /** Whether the service has closed it; a slow reader reads a byte to find that out. */
  private static boolean isGone(Socket socket) {
    try {
      socket.setSoTimeout(1);
      if (socket.getInputStream().read() >= 0) {
        return false;
      }
    } catch (java.net.SocketTimeoutException open) {
      return false;
    } catch (IOException gone) {
      // It is closed below.
    }
    try {
      socket.close();
    } catch (IOException closed) {
      return true;
    }
    return true;
  }
}
