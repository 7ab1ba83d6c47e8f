package org.etcdmirror.benchmarks.links;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Writes;

/**
 * A busy neighbour: writes keys that no link mirrors, until it is killed. Arguments: the server,
 * the writes in a second.
 */
public final class ForeignWrites {

  private static final int KEYS = 100;

  private ForeignWrites() {}

  /** Does not return. */
  public static void main(String[] arguments) throws InterruptedException {
    int rate = Integer.parseInt(arguments[1]);
    try (V3Connection server = V3Connection.to(URI.create(arguments[0]))) {
      for (long number = 0; ; number++) {
        ByteString key = ByteString.copyFromUtf8("/neighbour/" + number % KEYS);
        server.transact(V3Writes.transaction(List.of(V3Writes.put(key, ByteString.EMPTY))));
        TimeUnit.MICROSECONDS.sleep(1_000_000 / rate);
      }
    }
  }
}
