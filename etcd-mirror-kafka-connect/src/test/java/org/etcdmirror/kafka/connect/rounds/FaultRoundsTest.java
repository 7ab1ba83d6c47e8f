package org.etcdmirror.kafka.connect.rounds;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.kafka.broker.KafkaBroker;
import org.etcdmirror.kafka.broker.KafkaTest;
import org.etcdmirror.kafka.broker.SharedBroker;
import org.etcdmirror.kafka.connect.worker.ConnectWorker;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * From a cluster of etcd over a broker to another etcd, by two workers. In each round a process is
 * killed or frozen at a random moment under load. {@code -Dkafka.rounds=N} has N rounds; each kind
 * of fault has one by default.
 */
@KafkaTest
@Tag("soak")
@Timeout(7_200)
class FaultRoundsTest {

  private static final int ROUNDS = Integer.getInteger("kafka.rounds", Fault.values().length);
  private static final int TRANSACTIONS = 400;
  private static final String PREFIX = "/app/";

  private enum Fault {
    WORKER_KILLED,
    WORKER_FROZEN,
    BROKER_KILLED,
    SOURCE_MEMBER_KILLED,
    SINK_ETCD_KILLED
  }

  /** A fault that has begun. */
  private interface Ongoing {
    void end() throws Exception;
  }

  private final long seed = Long.getLong("kafka.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final AtomicLong numbers = new AtomicLong();
  private final List<ConnectWorker> workers = new ArrayList<>();
  private final List<String> table = new ArrayList<>();

  @Test
  void nothingIsLostRepeatedOrTakenBackWhenProcessesDie() throws Exception {
    System.out.println("FaultRoundsTest, -Dkafka.seed=" + seed);
    String name = SharedBroker.freshName();
    List<Fault> faults = new ArrayList<>(List.of(Fault.values()));
    Collections.shuffle(faults, random);
    try (EtcdCluster from = EtcdServer.builder().enableV2(false).startCluster(3);
        EtcdServer to = EtcdServer.builder().enableV2(false).start();
        ConnectWorker one = ConnectWorker.start(SharedBroker.broker(), name + "-group");
        ConnectWorker two = ConnectWorker.start(SharedBroker.broker(), name + "-group")) {
      workers.addAll(List.of(one, two));
      Route route = new Route(name, PREFIX, from, to);
      route.make(one);
      for (int round = 0; round < ROUNDS; round++) {
        Fault fault = faults.get(round % faults.size());
        String why = "seed %d, round %d, %s".formatted(seed, round + 1, fault);
        try {
          play(fault, why, route, from, to);
          route.assertTopicIsExact(why);
          route.assertSameOrder(why);
        } catch (Exception | AssertionError e) {
          try {
            Evidence.keep(SharedBroker.broker(), workers);
          } catch (Exception notKept) {
            e.addSuppressed(notKept);
          }
          throw e;
        }
      }
    }
    Files.write(Path.of("target/kafka-rounds.md"), table);
  }

  private void play(Fault fault, String why, Route route, EtcdCluster from, EtcdServer to)
      throws Exception {
    int restarts = route.restarts();
    Collections.shuffle(workers, random);
    ConnectWorker victim = workers.get(0);
    ConnectWorker other = workers.get(1);
    Load load = Load.start(from, PREFIX, random.nextLong(), numbers, TRANSACTIONS);
    int begin = random.nextInt(TRANSACTIONS / 2);
    load.awaitDone(begin);
    Ongoing ongoing = begin(fault, victim, from, to);
    // Either the other worker takes over, or the first one is back before that is noticed.
    boolean takenOver =
        fault == Fault.WORKER_FROZEN || (fault == Fault.WORKER_KILLED && random.nextBoolean());
    if (takenOver) {
      load.finish();
      route.awaitLevel(why + ", taken over", other);
    } else {
      load.awaitDone(begin + random.nextInt(TRANSACTIONS / 2));
    }
    ongoing.end();
    Load rest =
        Load.start(from, PREFIX, random.nextLong(), numbers, takenOver ? TRANSACTIONS / 4 : 0);
    load.finish();
    rest.finish();
    long written = System.nanoTime();
    route.awaitLevel(why, other);
    Duration took = Duration.ofNanos(System.nanoTime() - written);
    String line =
        "| %s | %s | %.1f s | %d |"
            .formatted(fault, takenOver, took.toMillis() / 1000.0, route.restarts() - restarts);
    System.out.println(why + ": " + line);
    table.add(line);
  }

  private Ongoing begin(Fault fault, ConnectWorker worker, EtcdCluster from, EtcdServer to) {
    KafkaBroker broker = SharedBroker.broker();
    switch (fault) {
      case WORKER_KILLED -> {
        worker.kill();
        return worker::run;
      }
      case WORKER_FROZEN -> {
        worker.freeze();
        return worker::thaw;
      }
      case BROKER_KILLED -> {
        broker.kill();
        return broker::run;
      }
      case SOURCE_MEMBER_KILLED -> {
        EtcdServer member = from.member(random.nextInt(from.size()));
        member.kill();
        return member::restart;
      }
      case SINK_ETCD_KILLED -> {
        to.kill();
        return to::restart;
      }
      default -> throw new IllegalStateException(fault.toString());
    }
  }
}
