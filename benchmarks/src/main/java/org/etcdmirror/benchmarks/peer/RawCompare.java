package org.etcdmirror.benchmarks.peer;

import java.net.URI;
import java.util.List;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Entries;
import org.etcdmirror.benchmarks.client.V3Pipeline;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.v3.rpc.KeyValue;

/**
 * The raw limit of a comparison: reads both sides page by page and writes each value that differs.
 * Both sides must have the same keys. Arguments: the source, the sink, a number that it does not
 * use, the prefix.
 */
public final class RawCompare {

  private static final int IN_FLIGHT = 64;

  private RawCompare() {}

  /** Returns when both sides are equal. */
  public static void main(String[] arguments) throws InterruptedException {
    String prefix = arguments[3];
    try (V3Connection source = V3Connection.to(URI.create(arguments[0]));
        V3Connection sink = V3Connection.to(URI.create(arguments[1]))) {
      V3Pipeline pipeline = new V3Pipeline(sink, IN_FLIGHT);
      V3Entries wanted = new V3Entries(source, prefix);
      V3Entries found = new V3Entries(sink, prefix);
      while (wanted.hasNext() && found.hasNext()) {
        KeyValue entry = wanted.next();
        if (!entry.getValue().equals(found.next().getValue())) {
          pipeline.send(
              V3Writes.transaction(List.of(V3Writes.put(entry.getKey(), entry.getValue()))));
        }
      }
      pipeline.finish();
    }
  }
}
