package org.etcdmirror.benchmarks.peer;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.client.V2Connection;

/**
 * Connections to a v2 sink that wait for no answer. The writes of one key keep their order. Not
 * safe for use by many threads.
 */
final class V2Fan {

  private static final int CONNECTIONS = 16;

  private final List<V2Connection> connections = new ArrayList<>();

  V2Fan(URI server) throws IOException {
    for (int i = 0; i < CONNECTIONS; i++) {
      V2Connection connection = new V2Connection(server);
      connections.add(connection);
      Thread answers = new Thread(() -> readAnswers(connection), "answers-" + i);
      answers.setDaemon(true);
      answers.start();
    }
  }

  /** The connection of a key. */
  V2Connection of(String key) {
    return connections.get(Math.floorMod(key.hashCode(), CONNECTIONS));
  }

  void flush() throws IOException {
    for (V2Connection connection : connections) {
      connection.flush();
    }
  }

  private static void readAnswers(V2Connection sink) {
    try {
      while (true) {
        sink.succeed("PUT");
      }
    } catch (IOException e) {
      System.err.println("a write failed: " + e);
    }
  }
}
