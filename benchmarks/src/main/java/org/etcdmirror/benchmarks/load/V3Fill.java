package org.etcdmirror.benchmarks.load;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Pipeline;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * Sets every {@code step}-th of the keys of some numbers, some keys in a revision. Arguments: the
 * server, the prefix, the first number, the number of keys, the step, the length of the values, the
 * keys in a revision.
 */
public final class V3Fill {

  private static final int MOST_BYTES = 1 << 20;
  private static final int IN_FLIGHT = 64;

  private V3Fill() {}

  /** Returns when all is written. */
  public static void main(String[] arguments) throws InterruptedException {
    String prefix = arguments[1];
    int from = Integer.parseInt(arguments[2]);
    int keys = Integer.parseInt(arguments[3]);
    int step = Integer.parseInt(arguments[4]);
    int length = Integer.parseInt(arguments[5]);
    int together = Math.min(Integer.parseInt(arguments[6]), MOST_BYTES / (length + 100));
    try (V3Connection server = V3Connection.to(URI.create(arguments[0]))) {
      V3Pipeline pipeline = new V3Pipeline(server, Math.max(1, IN_FLIGHT / together));
      List<RequestOp> operations = new ArrayList<>();
      for (int number = from; number < from + keys; number += step) {
        ByteString key = ByteString.copyFromUtf8(Entry.key(prefix, number));
        // Another step is another value.
        String value = Entry.value((long) number * step, length);
        operations.add(V3Writes.put(key, ByteString.copyFromUtf8(value)));
        if (operations.size() == together) {
          pipeline.send(V3Writes.transaction(operations));
          operations.clear();
        }
      }
      pipeline.send(V3Writes.transaction(operations));
      pipeline.finish();
    }
  }
}
