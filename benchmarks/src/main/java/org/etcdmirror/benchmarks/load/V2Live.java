package org.etcdmirror.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V2Connection;
import org.etcdmirror.benchmarks.client.V2Nodes;

/**
 * Writes one key at a time to a v2 source and watches it arrive at the sink. Arguments: the source,
 * the sink, the directory, then those of {@link Phases}.
 */
public final class V2Live {

  private static final int OWN_WARM_UP = 2_000;
  private static final String OWN_PREFIX = "/load/";

  private final V2Connection source;
  private final V2Connection sink;
  private final Arrivals arrivals = new Arrivals();

  private V2Live(V2Connection source, V2Connection sink) {
    this.source = source;
    this.sink = sink;
  }

  /** Prints the figures. */
  public static void main(String[] arguments) throws Exception {
    Phases phases = new Phases(arguments, 3);
    URI sinkUrl = URI.create(arguments[1]);
    try (V2Connection source = new V2Connection(URI.create(arguments[0]));
        V2Connection sink = new V2Connection(sinkUrl);
        V2Connection watch = new V2Connection(sinkUrl)) {
      watch.get("/", "?wait=true&recursive=true&stream=true");
      watch.streamIndex();
      V2Live load = new V2Live(source, sink);
      Thread reader = new Thread(() -> load.follow(watch), "arrivals");
      reader.setDaemon(true);
      reader.start();
      load.warmUp();
      phases.run(number -> load.step(Entry.key(arguments[2] + "/", number), number));
    }
  }

  private void warmUp() throws Exception {
    for (int number = 0; number < OWN_WARM_UP; number++) {
      String key = Entry.key(OWN_PREFIX, number);
      source.write(key, Entry.value(number, 100));
      sink.write(key, Entry.value(number, 100));
      arrivals.await(key);
    }
  }

  private long step(String key, int number) throws Exception {
    source.write(key, Entry.value(number, 100));
    long acknowledged = System.nanoTime();
    return arrivals.await(key) - acknowledged;
  }

  /** A mirror's own writes are in hidden directories, and not seen here. */
  private void follow(V2Connection watch) {
    try {
      while (true) {
        String key = V2Nodes.parse(watch.piece()).path("node").path("key").asText();
        arrivals.arrived(key);
      }
    } catch (IOException ended) {
      // A wait for a key names what is missing.
    }
  }
}
