package org.etcdmirror.benchmarks.load;

import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.benchmarks.process.JavaPrograms;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * Puts one key to a v3 server every few milliseconds, as a client of the source that is not
 * mirrored, and prints how long the puts took. Arguments: the server and the key. The measurement
 * begins with the first line on the standard input and ends with the end of it.
 */
public final class SteadyPuts {

  private static final int WARM_UP = 2_000;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Ten minutes of them. */
  private static final int MOST = 120_000;

  private final Latencies latencies = new Latencies(MOST);
  private volatile boolean ended;

  private SteadyPuts() {}

  /** Prints when it is warm, and then the figures. */
  public static void main(String[] arguments) throws Exception {
    try (V3Connection server = V3Connection.to(URI.create(arguments[0]))) {
      ByteString key = ByteString.copyFromUtf8(arguments[1]);
      for (int i = 0; i < WARM_UP; i++) {
        server.transact(put(key, i));
      }
      System.out.println("warm");
      BufferedReader input =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      input.readLine();
      SteadyPuts puts = new SteadyPuts();
      Thread measuring = new Thread(() -> puts.measure(server, key), "puts");
      measuring.start();
      input.readLine();
      puts.ended = true;
      measuring.join();
      JavaPrograms.print("put.p50", puts.latencies.millis(0.5));
      JavaPrograms.print("put.p99", puts.latencies.millis(0.99));
    }
  }

  private void measure(V3Connection server, ByteString key) {
    for (int i = 0; i < MOST && !ended; i++) {
      long start = System.nanoTime();
      server.transact(put(key, WARM_UP + i));
      latencies.add(System.nanoTime() - start);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private static TxnRequest put(ByteString key, int number) {
    ByteString value = ByteString.copyFromUtf8(Entry.value(number, 100));
    return V3Writes.transaction(List.of(V3Writes.put(key, value)));
  }
}
