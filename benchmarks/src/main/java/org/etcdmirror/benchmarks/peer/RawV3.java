package org.etcdmirror.benchmarks.peer;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Pages;
import org.etcdmirror.benchmarks.client.V3Pipeline;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.v3.rpc.KeyValue;
import org.etcdmirror.v3.rpc.RequestOp;

/**
 * The raw limit of v3: reads and writes as a mirror does, as fast as one process can, and promises
 * nothing. It keeps no order between writes, stores no index and repeats nothing. Arguments: the
 * source, the sink, the revision at which the sink is level or 0 for a copy, the prefixes.
 */
public final class RawV3 {

  private static final int OPERATIONS_TOGETHER = 512;
  private static final int IN_FLIGHT = 8;
  private static final int MOST_BYTES = 1 << 20;

  private RawV3() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) throws InterruptedException {
    try (V3Connection source = V3Connection.to(URI.create(arguments[0]));
        V3Connection sink = V3Connection.to(URI.create(arguments[1]))) {
      long level = Long.parseLong(arguments[2]);
      for (String prefix : List.of(arguments).subList(3, arguments.length)) {
        long from = level == 0 ? copy(source, sink, prefix) : level;
        new StripedWatch(source, sink, prefix, from + 1).start();
      }
      new CountDownLatch(1).await();
    }
  }

  private static long copy(V3Connection source, V3Connection sink, String prefix)
      throws InterruptedException {
    V3Pipeline pipeline = new V3Pipeline(sink, IN_FLIGHT);
    V3Pages pages = new V3Pages(source, prefix);
    List<RequestOp> operations = new ArrayList<>();
    int bytes = 0;
    while (pages.hasNext()) {
      for (KeyValue entry : pages.next()) {
        int size = size(entry.getKey(), entry.getValue());
        if (operations.size() == OPERATIONS_TOGETHER || bytes + size > MOST_BYTES) {
          pipeline.send(V3Writes.transaction(operations));
          operations.clear();
          bytes = 0;
        }
        operations.add(V3Writes.put(entry.getKey(), entry.getValue()));
        bytes += size;
      }
    }
    pipeline.send(V3Writes.transaction(operations));
    pipeline.finish();
    return pages.revision();
  }

  private static int size(ByteString key, ByteString value) {
    return key.size() + value.size() + 32;
  }
}
