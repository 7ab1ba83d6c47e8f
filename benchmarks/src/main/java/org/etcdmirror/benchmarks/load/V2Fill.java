package org.etcdmirror.benchmarks.load;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V2Connection;
import org.etcdmirror.benchmarks.process.JavaPrograms;

/**
 * Sets keys of a v2 server with several writers. Arguments: the server, the directory, the number
 * of keys, the number of writers, and how many requests a writer sends before it reads the answers.
 * One key named {@code last} is written after all others.
 */
public final class V2Fill {

  private V2Fill() {}

  /** Prints the rate of the writers as {@code rate}. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    URI server = URI.create(arguments[0]);
    String directory = arguments[1];
    int keys = Integer.parseInt(arguments[2]);
    int writers = Integer.parseInt(arguments[3]);
    int together = Integer.parseInt(arguments[4]);
    List<Writer> all = new ArrayList<>();
    long start = System.nanoTime();
    for (int writer = 0; writer < writers; writer++) {
      String prefix = directory + "/w" + writer + "/";
      Writer thread = new Writer(server, prefix, keys / writers, together);
      thread.start();
      all.add(thread);
    }
    for (Writer thread : all) {
      thread.join();
      thread.mustHaveFinished();
    }
    JavaPrograms.print("rate", keys / ((System.nanoTime() - start) / 1e9));
    try (V2Connection last = new V2Connection(server)) {
      last.write(directory + "/last", Entry.value(keys, 100));
    }
  }

  private static final class Writer extends Thread {

    private final URI server;
    private final String prefix;
    private final int keys;
    private final int together;
    private volatile boolean finished;

    Writer(URI server, String prefix, int keys, int together) {
      super("writer of " + prefix);
      this.server = server;
      this.prefix = prefix;
      this.keys = keys;
      this.together = together;
    }

    @Override
    public void run() {
      try (V2Connection connection = new V2Connection(server)) {
        for (int from = 0; from < keys; from += together) {
          int end = Math.min(keys, from + together);
          for (int number = from; number < end; number++) {
            connection.put(Entry.key(prefix, number), Entry.value(number, 100));
          }
          connection.flush();
          for (int number = from; number < end; number++) {
            connection.succeed(prefix);
          }
        }
        finished = true;
      } catch (IOException e) {
        throw new IllegalStateException("cannot write to " + server, e);
      }
    }

    void mustHaveFinished() {
      if (!finished) {
        throw new IllegalStateException(getName() + " failed");
      }
    }
  }
}
