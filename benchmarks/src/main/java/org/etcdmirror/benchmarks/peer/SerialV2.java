package org.etcdmirror.benchmarks.peer;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.etcdmirror.benchmarks.client.V2Connection;

/**
 * A serial mirror of a v2 directory, as programs were written before: one long poll, one PUT of the
 * event and one PUT of the index, each waiting for its answer. Arguments: the source, the sink, the
 * index at which the sink is level or 0 for a copy, the directory.
 */
public final class SerialV2 {

  private static final String INDEX = "/__replication/serial";

  private SerialV2() {}

  /** Runs until it is killed, or until history is cleared. */
  public static void main(String[] arguments) throws IOException {
    String directory = arguments[3];
    try (V2Connection source = new V2Connection(URI.create(arguments[0]));
        V2Connection sink = new V2Connection(URI.create(arguments[1]))) {
      long level = Long.parseLong(arguments[2]);
      long index = level == 0 ? copy(source, sink, directory) : level;
      while (true) {
        source.get(directory, "?wait=true&recursive=true&waitIndex=" + (index + 1));
        V2Event event = V2Event.parse(source.succeed("watch").body());
        event.send(sink);
        sink.flush();
        sink.succeed(event.key());
        sink.write(INDEX, Long.toString(event.index()));
        index = event.index();
      }
    }
  }

  private static long copy(V2Connection source, V2Connection sink, String directory)
      throws IOException {
    V2Tree tree = V2Tree.read(source, directory);
    for (Map.Entry<String, String> entry : tree.values().entrySet()) {
      sink.write(entry.getKey(), entry.getValue());
    }
    sink.write(INDEX, Long.toString(tree.index()));
    return tree.index();
  }
}
