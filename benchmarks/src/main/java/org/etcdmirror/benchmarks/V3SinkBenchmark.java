package org.etcdmirror.benchmarks;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.Checkpoint;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.internal.client.V3Client;
import org.etcdmirror.v3.internal.keys.Wire;
import org.etcdmirror.v3.internal.sink.SinkCalls;
import org.etcdmirror.v3.internal.sink.SinkNesting;
import org.etcdmirror.v3.internal.sink.SinkOp;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.RequestOp;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * Measures how fast a v3 sink writes to a server on this machine, by the size of its transactions.
 * The limits of the sink were chosen from these numbers. Numbers of one machine compare with each
 * other only.
 */
public final class V3SinkBenchmark {

  private static final int KEYS = Integer.getInteger("keys", 50_000);
  private static final int ROUNDS = Integer.getInteger("rounds", 2);
  private static final Random RANDOM = new Random(1);

  private V3SinkBenchmark() {}

  /** Prints each result when it is there. */
  public static void main(String[] arguments) throws Exception {
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        V3Client client =
            V3Client.connect(List.of(etcd.clientUrl().toString()), Access.ANONYMOUS)) {
      System.out.println("etcd " + etcd.version());
      for (int round = 0; round < ROUNDS; round++) {
        applyAll(etcd, "/sync" + round + "/");
        raw(client, "/raw" + round + "/", 128, 16);
        raw(client, "/raw" + round + "/", 128, 32);
        raw(client, "/raw" + round + "/", 512, 8);
        raw(client, "/raw" + round + "/", 1000, 4);
        raw(client, "/raw" + round + "/", 2000, 2);
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int ops : new int[] {1, 128, 512, 2048, 4096, 8192}) {
          merged(etcd, client, ops, 32);
        }
        for (int kib : new int[] {128, 256, 512, 1024, 1500}) {
          merged(etcd, client, kib, 1000);
        }
      }
    }
  }

  private static V3Sink sink(EtcdServer etcd, String link) {
    V3Sink sink = V3Sink.of(etcd.clientUrl().toString());
    sink.indexStore(link)
        .open(new SinkContext(link, KeyModel.BYTES, List.of(Bytes.EMPTY), List.of()));
    return sink;
  }

  private static void applyAll(EtcdServer etcd, String prefix) throws Exception {
    try (V3Sink sink = sink(etcd, "bench")) {
      long start = System.nanoTime();
      for (int from = 0; from < KEYS; from += 1000) {
        sink.apply(EventBatch.of(puts(prefix, from, 1000, 100), 1, 1));
      }
      print("apply, 1000 keys a batch", KEYS, start);
    }
  }

  private static void raw(V3Client client, String prefix, int ops, int inFlight) throws Exception {
    long start = System.nanoTime();
    List<RequestOp> all = new ArrayList<>();
    for (MirrorEvent put : puts(prefix, 0, KEYS, 100)) {
      ByteString value = Wire.wire(((MirrorEvent.Put) put).value());
      all.add(SinkOp.put(put.key(), value, 0));
    }
    SinkCalls.each(
        SinkNesting.split(all, ops, 1 << 20),
        inFlight,
        part ->
            client.send(
                KVGrpc.getTxnMethod(),
                TxnRequest.newBuilder().addAllSuccess(SinkNesting.nest(part, 128)).build()));
    print("raw, %d keys a transaction, %d in flight".formatted(ops, inFlight), KEYS, start);
  }

  private static void print(String what, int keys, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%-50s %,9.0f keys/s%n", what, keys / seconds);
  }

  /** How long one merged transaction takes, and how long it delays another writer. */
  private static void merged(EtcdServer etcd, V3Client client, int ops, int valueBytes)
      throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    List<Long> others = new ArrayList<>();
    Thread other = new Thread(() -> writeAlone(client, stop, others));
    List<Long> nanos = new ArrayList<>();
    long bytes = 0;
    try (V3Sink sink = sink(etcd, "merged")) {
      sink.load();
      other.start();
      for (int i = 0; i < 20; i++) {
        List<MirrorEvent> puts = puts("/merged/", i * ops % 20_000, ops, valueBytes);
        EventBatch batch = EventBatch.of(puts, i, i);
        bytes = batch.bytes();
        long start = System.nanoTime();
        sink.apply(batch, new Checkpoint(i, null, null, Instant.EPOCH));
        nanos.add(System.nanoTime() - start);
      }
    }
    stop.set(true);
    other.join();
    System.out.printf(
        "%,6d ops %,6d KiB: p50 %6.1f ms, max %6.1f ms, %,8.0f ops/s; another's put max %6.1f ms%n",
        ops,
        bytes / 1024,
        at(nanos, 0.5),
        at(nanos, 1),
        ops / at(nanos, 0.5) * 1000,
        at(others, 1));
  }

  private static void writeAlone(V3Client client, AtomicBoolean stop, List<Long> nanos) {
    try {
      while (!stop.get()) {
        long start = System.nanoTime();
        client.call(
            KVGrpc.getTxnMethod(),
            TxnRequest.newBuilder()
                .addSuccess(SinkOp.put(Bytes.utf8("/other"), ByteString.EMPTY, 0))
                .build());
        nanos.add(System.nanoTime() - start);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static double at(List<Long> nanos, double share) {
    Long[] sorted = nanos.toArray(new Long[0]);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, sorted.length * share)] / 1e6;
  }

  private static List<MirrorEvent> puts(String prefix, int from, int count, int valueBytes) {
    List<MirrorEvent> puts = new ArrayList<>(count);
    for (int i = from; i < from + count; i++) {
      byte[] value = new byte[valueBytes];
      RANDOM.nextBytes(value);
      Bytes key = Bytes.utf8("%s%07d".formatted(prefix, i));
      puts.add(new MirrorEvent.Put(key, Bytes.of(value), 0, null));
    }
    return puts;
  }
}
