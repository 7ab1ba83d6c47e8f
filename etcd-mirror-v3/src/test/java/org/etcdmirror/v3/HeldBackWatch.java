package org.etcdmirror.v3;

import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.awaitility.core.ConditionTimeoutException;

/** Fills the buffers between a server and a watch whose reader takes nothing. */
final class HeldBackWatch implements AutoCloseable {

  /** More than gRPC's window, so that the server cannot send on. */
  private static final ByteString LARGE = ByteString.copyFrom(new byte[1_200_000]);

  private static final int LARGE_ONES = 4;

  /** A server keeps some hundred answers for a watch, whatever their size. */
  private static final ByteString SMALL = ByteString.copyFrom(new byte[10_000]);

  private static final String SLOW = "etcd_debugging_mvcc_slow_watcher_total ";
  private static final Duration A_WHILE = Duration.ofSeconds(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI server;
  private final V3Writer writer;
  private int puts;

  HeldBackWatch(URI server) {
    this.server = server;
    this.writer = new V3Writer(server.toString());
  }

  /** Puts values to one key until the server can't send or keep them. */
  long fill(String key) throws Exception {
    // A watch that was just opened is behind for a moment.
    while (!isReleased()) {}
    long last = 0;
    ByteString name = ByteString.copyFromUtf8(key);
    while (!isHeldBack()) {
      last = writer.write(V3Writer.put(name, puts < LARGE_ONES ? LARGE : SMALL));
      puts++;
    }
    return last;
  }

  int puts() {
    return puts;
  }

  /** Whether the server holds anything back from a watch. */
  boolean isHeldBack() throws IOException, InterruptedException {
    // The server's count is wrong for a moment while it tries to send again.
    boolean held = false;
    for (int looks = 0; !held && looks < 2; looks++) {
      held = isCounted();
    }
    return held;
  }

  private boolean isCounted() throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(server.resolve("/metrics")).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(SLOW))
        .anyMatch(line -> Double.parseDouble(line.substring(SLOW.length())) > 0);
  }

  /** Whether the server stops holding anything back within a second. */
  boolean isReleased() {
    try {
      await().atMost(A_WHILE).pollInterval(Duration.ofMillis(20)).until(() -> !isHeldBack());
      return true;
    } catch (ConditionTimeoutException e) {
      return false;
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
