package org.etcdmirror.benchmarks.kafka;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.etcdmirror.benchmarks.client.Entry;
import org.etcdmirror.benchmarks.client.V3Connection;
import org.etcdmirror.benchmarks.client.V3Pipeline;
import org.etcdmirror.benchmarks.client.V3Writes;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.kafka.KafkaSink;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.kafka.broker.TopicRecords;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.v3.V3Source;
import org.etcdmirror.v3.rpc.TxnRequest;

/**
 * Measures a mirror to Kafka beside a plain producer that is fed by the same watch, in turns, on
 * one etcd and one broker: how fast they work off a backlog, and how long a single put takes until
 * a consumer under {@code read_committed} sees it. Arguments: the runs, the revisions of the
 * backlog, the single puts.
 */
public final class KafkaBenchmark {

  private static final int WARM_UP = 500;
  private static final int IN_FLIGHT = 64;
  private static final int VALUE_BYTES = 100;

  private final String etcd;
  private final V3Connection writer;
  private final KafkaBroker broker;
  private final int backlog;
  private final int puts;

  private KafkaBenchmark(
      String etcd, V3Connection writer, KafkaBroker broker, int backlog, int puts) {
    this.etcd = etcd;
    this.writer = writer;
    this.broker = broker;
    this.backlog = backlog;
    this.puts = puts;
  }

  /**
   * The figures of a turn.
   *
   * @param rate records in a second, from the first visible one to the last one
   * @param p50 milliseconds from the start of a put until its record is visible
   * @param p99 the same
   */
  private record Figures(double rate, double p50, double p99) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,.0f records/s, p50 %.2f ms, p99 %.2f ms", rate, p50, p99);
    }
  }

  /** Prints each turn when it is done, and then the medians and their ratio. */
  public static void main(String[] arguments) throws Exception {
    int runs = Integer.parseInt(arguments[0]);
    try (EtcdServer etcd = EtcdServer.builder().enableV2(false).start();
        V3Connection writer = V3Connection.to(etcd.clientUrl());
        KafkaBroker broker = KafkaBroker.start()) {
      new KafkaBenchmark(
              etcd.clientUrl().toString(),
              writer,
              broker,
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]))
          .run(runs);
    }
  }

  private void run(int runs) throws Exception {
    Map<String, List<Figures>> all = new LinkedHashMap<>();
    for (int run = 0; run < runs; run++) {
      for (String name : List.of("KafkaSink", "plain producer")) {
        Figures figures = turn(name.equals("KafkaSink"), "turn-" + run + name.charAt(0));
        System.out.println(name + ": " + figures);
        all.computeIfAbsent(name, any -> new ArrayList<>()).add(figures);
      }
    }
    System.out.println("\n| | records/s | p50, ms | p99, ms |\n|---|---:|---:|---:|");
    List<Figures> medians = all.values().stream().map(KafkaBenchmark::median).toList();
    int at = 0;
    for (String name : all.keySet()) {
      Figures median = medians.get(at++);
      System.out.printf(
          Locale.ROOT,
          "| %s | %,.0f | %.2f | %.2f |%n",
          name,
          median.rate(),
          median.p50(),
          median.p99());
    }
    System.out.printf(
        Locale.ROOT, "%nrate: %.0f %%%n", 100 * medians.get(0).rate() / medians.get(1).rate());
  }

  private static Figures median(List<Figures> all) {
    return new Figures(
        middle(all.stream().mapToDouble(Figures::rate).toArray()),
        middle(all.stream().mapToDouble(Figures::p50).toArray()),
        middle(all.stream().mapToDouble(Figures::p99).toArray()));
  }

  private static double middle(double[] figures) {
    Arrays.sort(figures);
    return figures[figures.length / 2];
  }

  private Figures turn(boolean ours, String topic) throws Exception {
    try (var admin = TopicRecords.admin(broker)) {
      NewTopic made =
          new NewTopic(topic, 1, (short) 1).configs(Map.of("cleanup.policy", "compact"));
      admin.createTopics(List.of(made)).all().get();
    }
    String prefix = "/" + topic + "/";
    ToKafka.Contestant contestant =
        ours
            ? after -> mirror(prefix, topic)
            : after -> PlainProducer.start(etcd, prefix, after, broker.address(), topic);
    try (TopicTail tail = new TopicTail(broker.address(), topic)) {
      double rate = rate(contestant, prefix, tail);
      return latency(contestant, prefix, tail, rate);
    }
  }

  private ToKafka mirror(String prefix, String topic) {
    EtcdMirror mirror =
        EtcdMirror.builder()
            .link(topic)
            .source(V3Source.of(etcd))
            .sink(KafkaSink.of(broker.address(), topic))
            .scope(MirrorScope.of(prefix))
            .build();
    mirror.start();
    return mirror::close;
  }

  /** It is level, away while the backlog is written, and comes back. */
  private double rate(ToKafka.Contestant contestant, String prefix, TopicTail tail)
      throws Exception {
    String before = Entry.key(prefix, 0);
    long start = writer.revision();
    try (ToKafka running = contestant.start(start)) {
      writer.transact(transaction(before, 0));
      tail.awaitKey(before);
    }
    long level = writer.revision();
    V3Pipeline pipeline = new V3Pipeline(writer, IN_FLIGHT);
    for (int number = 1; number <= backlog; number++) {
      pipeline.send(transaction(Entry.key(prefix, number), number));
    }
    pipeline.finish();
    // The pipeline's writes are in any order; this one is the last.
    String last = Entry.key(prefix, backlog + 1L);
    writer.transact(transaction(last, backlog + 1L));
    try (ToKafka running = contestant.start(level)) {
      TopicTail.Span span = tail.awaitKey(last);
      return backlog / ((span.last() - span.first()) / 1e9);
    }
  }

  private Figures latency(ToKafka.Contestant contestant, String prefix, TopicTail tail, double rate)
      throws Exception {
    long[] nanos = new long[puts];
    try (ToKafka running = contestant.start(writer.revision())) {
      for (int i = 0; i < WARM_UP + puts; i++) {
        String key = Entry.key(prefix, backlog + 2L + i);
        long begun = System.nanoTime();
        writer.transact(transaction(key, i));
        long took = tail.awaitKey(key).last() - begun;
        if (i >= WARM_UP) {
          nanos[i - WARM_UP] = took;
        }
      }
    }
    Arrays.sort(nanos);
    return new Figures(rate, nanos[puts / 2] / 1e6, nanos[puts * 99 / 100] / 1e6);
  }

  private static TxnRequest transaction(String key, long number) {
    ByteString value = ByteString.copyFromUtf8(Entry.value(number, VALUE_BYTES));
    return V3Writes.transaction(List.of(V3Writes.put(ByteString.copyFromUtf8(key), value)));
  }
}
