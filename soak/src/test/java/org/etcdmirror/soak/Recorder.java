package org.etcdmirror.soak;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.soak.SourceHistory.Change;
import org.jspecify.annotations.Nullable;

/**
 * Follows a v3 cluster by watches of its own. It takes the next member when one says nothing for a
 * while.
 */
final class Recorder implements AutoCloseable {

  private static final int SILENCE_MILLIS = 3_000;
  private static final long PAUSE_NANOS = 50_000_000;

  private final V3Gateway texts;
  private final List<URI> members;
  private final Revisions revisions;
  private final Thread thread = new Thread(this::record, "recorder");
  private volatile @Nullable HttpURLConnection open;
  private volatile @Nullable String failure;
  private volatile boolean paused;
  private volatile boolean closed;

  Recorder(V3Gateway texts, List<URI> members, Revisions revisions) {
    this.texts = texts;
    this.members = members;
    this.revisions = revisions;
    thread.start();
  }

  /** Why nothing more is taken; null if all is well. */
  @Nullable String failure() {
    return failure;
  }

  /** While it is paused, nothing is added. */
  synchronized void pause(boolean on) {
    paused = on;
    disconnect();
  }

  private void record() {
    for (int turn = 0; !closed && failure == null; turn++) {
      try {
        watch(members.get(turn % members.size()));
      } catch (IOException next) {
        // Silent, down or cut: the next member may do better.
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (RuntimeException e) {
        failure = e.toString();
      }
    }
  }

  private void watch(URI member) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) member.resolve("/v3/watch").toURL().openConnection(Proxy.NO_PROXY);
    open = connection;
    connection.setConnectTimeout(SILENCE_MILLIS);
    connection.setReadTimeout(SILENCE_MILLIS);
    connection.setDoOutput(true);
    try {
      connection.getOutputStream().write(question().getBytes(StandardCharsets.UTF_8));
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
        take(V3Gateway.JSON.readTree(line).path("result"));
      }
    } finally {
      connection.disconnect();
    }
  }

  private String question() {
    return V3Gateway.object()
        .set(
            "create_request",
            V3Gateway.object()
                .put("key", "AA==")
                .put("range_end", "AA==")
                .put("start_revision", Long.toString(revisions.newest() + 1)))
        .toString();
  }

  private synchronized void take(JsonNode answer) throws IOException {
    if (paused) {
      throw new IOException("paused");
    }
    if (answer.has("compact_revision")) {
      revisions.compacted(answer.path("compact_revision").asLong());
      throw new IOException("compacted");
    }
    Map<Long, List<Change>> changes = new TreeMap<>();
    for (JsonNode event : answer.path("events")) {
      JsonNode kv = event.path("kv");
      boolean isDelete = event.path("type").asText().equals("DELETE");
      changes
          .computeIfAbsent(kv.path("mod_revision").asLong(), revision -> new ArrayList<>())
          .add(
              new Change(
                  texts.text(kv.path("key")), isDelete ? null : texts.text(kv.path("value"))));
    }
    changes.forEach(revisions::add);
  }

  private void disconnect() {
    HttpURLConnection connection = open;
    if (connection != null) {
      connection.disconnect();
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
  }
}
