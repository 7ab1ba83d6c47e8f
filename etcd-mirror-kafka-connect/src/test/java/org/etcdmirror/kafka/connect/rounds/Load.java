package org.etcdmirror.kafka.connect.rounds;

import static org.awaitility.Awaitility.await;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.Patience;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;

/**
 * Transactions of random puts and deletes, one after the other, in a thread of its own. A member
 * that does not answer gives way to the next one. The values of a key are numbers that grow.
 */
final class Load {

  private static final int OPERATIONS = 5;
  private static final int KEYS = 200;

  private final EtcdCluster etcd;
  private final String prefix;
  private final Random random;
  private final AtomicLong numbers;
  private final int transactions;
  private final AtomicInteger done = new AtomicInteger();
  private final FutureTask<Void> task = new FutureTask<>(this::run, null);

  private Load(
      EtcdCluster etcd, String prefix, Random random, AtomicLong numbers, int transactions) {
    this.etcd = etcd;
    this.prefix = prefix;
    this.random = random;
    this.numbers = numbers;
    this.transactions = transactions;
  }

  /**
   * Starts.
   *
   * @param numbers where the values come from, so that no load repeats those of another one
   */
  static Load start(
      EtcdCluster etcd, String prefix, long seed, AtomicLong numbers, int transactions) {
    Load load = new Load(etcd, prefix, new Random(seed), numbers, transactions);
    Thread thread = new Thread(load.task, "load");
    thread.setDaemon(true);
    thread.start();
    return load;
  }

  /** Waits until so many transactions are done. */
  void awaitDone(int atLeast) {
    await()
        .atMost(Patience.PATIENCE)
        .until(() -> done.get() >= Math.min(atLeast, transactions) || task.isDone());
  }

  /** Waits for the end. */
  void finish() throws Exception {
    task.get(Patience.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void run() {
    int member = 0;
    long end = System.nanoTime() + Patience.PATIENCE.toNanos();
    while (done.get() < transactions) {
      try {
        new V3Http(etcd.member(member).clientUrl()).commit(transaction());
        done.incrementAndGet();
      } catch (UncheckedIOException | IllegalStateException e) {
        if (System.nanoTime() > end) {
          throw e;
        }
        member = (member + 1) % etcd.size();
      }
    }
  }

  private List<Write> transaction() {
    String number = Long.toString(numbers.incrementAndGet());
    Set<Integer> keys = new HashSet<>();
    while (keys.size() < OPERATIONS) {
      keys.add(random.nextInt(KEYS));
    }
    List<Write> writes = new ArrayList<>();
    for (int one : keys) {
      Bytes key = Bytes.utf8(prefix + one);
      writes.add(random.nextInt(4) == 0 ? Write.delete(key) : Write.put(key, Bytes.utf8(number)));
    }
    return writes;
  }
}
