package org.etcdmirror.benchmarks.peer;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.etcdmirror.benchmarks.client.V2Connection;

/**
 * The raw limit of v2: reads and writes as a mirror does, and waits for no answer. It stores no
 * index and repeats nothing. Arguments: the source, the sink, the index at which the sink is level,
 * which it does not use, the directory.
 */
public final class RawV2 {

  private RawV2() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws IOException {
    URI source = URI.create(arguments[0]);
    String directory = arguments[3];
    V2Fan sink = new V2Fan(URI.create(arguments[1]));
    try (V2Connection stream = new V2Connection(source);
        V2Connection reader = new V2Connection(source)) {
      stream.get(directory, "?wait=true&recursive=true&stream=true");
      stream.streamIndex();
      copy(V2Tree.read(reader, directory), sink);
      while (true) {
        V2Event event = V2Event.parse(stream.piece());
        V2Connection connection = sink.of(event.key());
        event.send(connection);
        connection.flush();
      }
    }
  }

  private static void copy(V2Tree tree, V2Fan sink) throws IOException {
    for (Map.Entry<String, String> entry : tree.values().entrySet()) {
      sink.of(entry.getKey()).put(entry.getKey(), entry.getValue());
    }
    sink.flush();
  }
}
