package org.etcdmirror.kafka.connect.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.errors.ConnectException;
import org.etcdmirror.kafka.connect.sink.LosingProxy.Fate;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two workers on the same partitions, with rebalances, kills, zombies and lost answers in random
 * order. Afterwards etcd holds the last record of each key, and its history shows each value once.
 */
@Timeout(300)
@EtcdTest(v2 = false)
class ExactlyOnceTest {

  private static final int STEPS = 150;
  private static final int KEYS = 5;
  private static final List<TopicPartition> ALL =
      List.of(new TopicPartition("t", 0), new TopicPartition("t", 1), new TopicPartition("t", 2));

  private static final List<String> PREFIXES = List.of("/0/", "/1/", "/2/");

  private final EtcdServer server;
  private final Topics topics = new Topics();
  private final Map<String, String> expected = new HashMap<>();
  private final List<Worker> workers = new ArrayList<>();
  private final List<Worker> zombies = new ArrayList<>();

  ExactlyOnceTest(EtcdServer server) {
    this.server = server;
  }

  private static List<Long> seeds() {
    Long seed = Long.getLong("seed");
    return seed != null ? List.of(seed) : List.of(1L, System.nanoTime());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void eachRecordIsWrittenOnceWhateverHappens(long seed) throws Exception {
    System.out.println("ExactlyOnceTest -Dseed=" + seed);
    Random random = new Random(seed);
    try (LosingProxy proxy = new LosingProxy(server.clientUrl())) {
      rebalance(proxy, random);
      for (int step = 0; step < STEPS; step++) {
        step(proxy, random);
      }
      rebalance(proxy, random);
      workers.forEach(Worker::pollAll);
      workers.forEach(Worker::close);
      zombies.forEach(Worker::kill);
    }
    History history = new History(server.clientUrl());
    Map<String, String> held = new HashMap<>();
    PREFIXES.forEach(prefix -> held.putAll(history.now(prefix)));
    assertThat(held).as("seed %d", seed).isEqualTo(expected);
    // The values of a partition are offsets, so that they grow for each of its keys.
    history.assertGrowing("seed " + seed, PREFIXES);
  }

  private void step(LosingProxy proxy, Random random) {
    for (int i = random.nextInt(20); i > 0; i--) {
      append(random);
    }
    switch (random.nextInt(12)) {
      case 0 -> rebalance(proxy, random);
      case 1 -> kill(proxy, random);
      case 2 -> takeOver(proxy, random);
      case 3, 4 -> proxy.next(random.nextBoolean() ? Fate.ANSWER_LOST : Fate.LOST);
      case 5 -> workers.forEach(Worker::commit);
      default -> workers.get(random.nextInt(workers.size())).poll();
    }
    if (!zombies.isEmpty() && random.nextInt(3) == 0) {
      wake(zombies.get(random.nextInt(zombies.size())));
    }
  }

  private void append(Random random) {
    TopicPartition to = ALL.get(random.nextInt(ALL.size()));
    String key = "/" + to.partition() + "/" + random.nextInt(KEYS);
    if (random.nextInt(6) == 0) {
      topics.append(to, key, null);
      expected.remove(key);
    } else {
      String value = Long.toString(topics.end(to));
      topics.append(to, key, value);
      expected.put(key, value);
    }
  }

  private Worker worker(LosingProxy proxy) {
    return new Worker(topics, Map.of("name", "c", SinkConfig.ADDRESS, "v3:" + proxy.url()), 7);
  }

  /** Two workers, and the partitions among them. */
  private void rebalance(LosingProxy proxy, Random random) {
    while (workers.size() < 2) {
      workers.add(worker(proxy));
    }
    int cut = random.nextInt(ALL.size() + 1);
    workers.forEach(worker -> worker.assign());
    workers.get(0).assign(ALL.subList(0, cut).toArray(TopicPartition[]::new));
    workers.get(1).assign(ALL.subList(cut, ALL.size()).toArray(TopicPartition[]::new));
  }

  private void kill(LosingProxy proxy, Random random) {
    workers.remove(random.nextInt(workers.size())).kill();
    rebalance(proxy, random);
  }

  /** A worker stays alive that Kafka takes for dead. */
  private void takeOver(LosingProxy proxy, Random random) {
    Worker zombie = workers.remove(random.nextInt(workers.size()));
    // It must own its partitions, or it would claim them from their new owner.
    while (!zombie.poll()) {
      Thread.onSpinWait();
    }
    zombies.add(zombie);
    rebalance(proxy, random);
  }

  private void wake(Worker zombie) {
    try {
      zombie.poll();
    } catch (ConnectException e) {
      assertThat(e).hasMessageContaining("taken over a partition");
      zombie.kill();
      zombies.remove(zombie);
    }
  }
}
