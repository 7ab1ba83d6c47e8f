package org.etcdmirror.v2;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server's history for the first event of a key or tree at or after an index. A match is in
 * the same answer as its headers, so headers without a body for a while mean that nothing matched
 * up to the index in the headers.
 */
final class FirstEvent {

  /** A server that hangs must not hang whoever asks. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final V2Client client;
  private final String key;
  private final boolean recursive;
  private final Duration silence;

  /**
   * For one key.
   *
   * @param recursive whether events below the key match as well
   * @param silence how long headers without a body count as silence
   */
  FirstEvent(V2Client client, String key, boolean recursive, Duration silence) {
    this.client = client;
    this.key = key;
    this.recursive = recursive;
    this.silence = silence;
  }

  /**
   * An answer.
   *
   * @param event the first event; null if there was none up to the header's index
   * @param headerIndex the store's index when the server looked
   * @param clusterId the server's cluster
   */
  record Match(@Nullable V2Event event, long headerIndex, String clusterId) {}

  /**
   * Believes silence only of two connections: one may hang between its headers and the match.
   *
   * @param least a server below this index is not listened to: its silence would prove nothing
   */
  Match from(HttpUrl endpoint, long waitIndex, long least) throws IOException {
    Match match = ask(endpoint, waitIndex, least);
    return match.event() != null || match.headerIndex() < least
        ? match
        : ask(endpoint, waitIndex, least);
  }

  private Match ask(HttpUrl endpoint, long waitIndex, long least) throws IOException {
    Call call = client.watchCall(endpoint, V2Request.firstEvent(key, waitIndex, recursive));
    call.timeout().timeout(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    try (Response response = call.execute()) {
      if (!response.isSuccessful()) {
        throw V2Failures.of(response, key);
      }
      long headerIndex = V2Client.etcdIndex(response);
      String clusterId = V2Client.clusterId(response);
      BufferedSource body = response.body().source();
      body.timeout().timeout(silence.toMillis(), TimeUnit.MILLISECONDS);
      if (headerIndex < least || isSilent(body)) {
        call.cancel();
        return new Match(null, headerIndex, clusterId);
      }
      V2Event event = V2Json.event(body.readUtf8LineStrict(), System.nanoTime());
      long index = event.node().modifiedIndex();
      if (index < waitIndex) {
        throw new V2ProtocolException("history from %d shows %d".formatted(waitIndex, index));
      }
      return new Match(event, headerIndex, clusterId);
    }
  }

  private static boolean isSilent(BufferedSource body) throws IOException {
    try {
      // An end without a byte is an error below: only silence is silence.
      body.request(1);
      return false;
    } catch (SocketTimeoutException silence) {
      return true;
    }
  }
}
