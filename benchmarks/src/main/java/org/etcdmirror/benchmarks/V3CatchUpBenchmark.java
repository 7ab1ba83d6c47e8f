package org.etcdmirror.benchmarks;

import com.google.protobuf.ByteString;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Start;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.V3Source;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.PutRequest;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;
import org.etcdmirror.v3.rpc.TxnResponse;

/**
 * Measures how fast a v3 source reads a backlog, by its length and the number of watches. Only the
 * numbers of one run compare with each other.
 */
public final class V3CatchUpBenchmark {

  private static final List<Integer> BACKLOGS = numbers("backlogs", "20000,60000,200000");
  private static final List<Integer> WATCHES = numbers("watches", "1,16,64");
  private static final int ROUNDS = Integer.getInteger("rounds", 2);
  private static final int KEYS = 1000;
  private static final int VALUE_BYTES = 100;
  private static final int IN_FLIGHT = 64;
  private static final String CPU = "process_cpu_seconds_total ";

  private V3CatchUpBenchmark() {}

  /** Prints each result when it is there. */
  public static void main(String[] arguments) throws Exception {
    for (EtcdBinary binary : EtcdBinary.all()) {
      try (EtcdServer etcd = EtcdServer.builder().binary(binary).enableV2(false).start()) {
        long revision = 1;
        for (int backlog : BACKLOGS) {
          revision = write(etcd.clientUrl(), backlog - (int) (revision - 1));
          for (int round = 0; round < ROUNDS; round++) {
            for (int watches : WATCHES) {
              read(binary, etcd.clientUrl(), watches, revision);
            }
          }
        }
      }
    }
  }

  private static List<Integer> numbers(String name, String preset) {
    return Arrays.stream(System.getProperty(name, preset).split(","))
        .map(Integer::valueOf)
        .toList();
  }

  private static long write(URI etcd, int revisions) {
    byte[] value = new byte[VALUE_BYTES];
    new Random(1).nextBytes(value);
    ArrayDeque<CompletableFuture<TxnResponse>> sent = new ArrayDeque<>();
    long last = 0;
    try (V3Client client = V3Client.connect(List.of(etcd.toString()), Access.ANONYMOUS)) {
      for (int i = 0; i < revisions || !sent.isEmpty(); i++) {
        if (i >= revisions || sent.size() == IN_FLIGHT) {
          last = Math.max(last, sent.remove().join().getHeader().getRevision());
        }
        if (i < revisions) {
          sent.add(
              client.send(
                  KVGrpc.getTxnMethod(),
                  TxnRequest.newBuilder().addSuccess(put("/conf/" + i % KEYS, value)).build()));
        }
      }
    }
    return last;
  }

  private static RequestOp put(String key, byte[] value) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(value)))
        .build();
  }

  private static void read(EtcdBinary binary, URI etcd, int watches, long last) throws Exception {
    double before = processorSeconds(etcd);
    long began = System.nanoTime();
    long events = 0;
    try (V3Source source =
            V3Source.builder().endpoints(etcd.toString()).catchUpWatches(watches).build();
        EventStream stream = source.open(Selection.of(Bytes.utf8("/conf/")), Start.after(1))) {
      for (long index = 1; index < last; ) {
        EventBatch batch = stream.poll(Duration.ofSeconds(10));
        events += batch.events().size();
        index = batch.index();
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        "%s: %d events, %d watches: %.2f s, %.0f/s, %.2f s of the source's processor%n",
        binary, events, watches, seconds, events / seconds, processorSeconds(etcd) - before);
  }

  private static double processorSeconds(URI etcd) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(etcd.resolve("/metrics")).build(), BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(CPU))
        .mapToDouble(line -> Double.parseDouble(line.substring(CPU.length())))
        .findFirst()
        .orElseThrow();
  }
}
