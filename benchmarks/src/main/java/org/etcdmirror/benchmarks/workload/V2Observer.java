package org.etcdmirror.benchmarks.workload;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.etcdmirror.benchmarks.client.V2Connection;
import org.etcdmirror.benchmarks.client.V2Nodes;
import org.etcdmirror.benchmarks.process.Program;
import org.etcdmirror.benchmarks.process.UnusableException;

/** Looks at both sides of a v2 link. Not safe for use by many threads. */
final class V2Observer implements AutoCloseable {

  private static final int MILLIS = 5;
  private static final int TREE_MILLIS = 50;

  private final V2Connection source;
  private final V2Connection sink;

  V2Observer(URI source, URI sink) throws IOException {
    this.source = new V2Connection(source);
    this.sink = new V2Connection(sink);
  }

  /** Waits until the sink's index is above another one. */
  long awaitIndex(Program contestant, long above) throws Exception {
    return Await.until(contestant, MILLIS, () -> sinkIndex() > above);
  }

  /** An answer without a tree costs the server least. */
  long sinkIndex() throws IOException {
    return sink.read("/none", "").index();
  }

  /** Waits until the sink has a key. */
  long awaitKey(Program contestant, String key) throws Exception {
    return Await.until(contestant, MILLIS, () -> sink.read(key, "").status() == 200);
  }

  /** Waits until both sides are equal. */
  long awaitEqual(Program contestant, String directory) throws Exception {
    Map<String, String> wanted = values(source, directory);
    return Await.until(contestant, TREE_MILLIS, () -> values(sink, directory).equals(wanted));
  }

  /** Compares keys and values; what is still on its way gets a few seconds. */
  void mustBeEqual(String directory) throws Exception {
    for (int i = 0; i < 50; i++) {
      if (values(source, directory).equals(values(sink, directory))) {
        return;
      }
      Thread.sleep(100);
    }
    throw new UnusableException("both sides are not equal");
  }

  private static Map<String, String> values(V2Connection server, String directory)
      throws IOException {
    return V2Nodes.values(server.read(directory, "?recursive=true&quorum=true"));
  }

  @Override
  public void close() throws IOException {
    source.close();
    sink.close();
  }
}
