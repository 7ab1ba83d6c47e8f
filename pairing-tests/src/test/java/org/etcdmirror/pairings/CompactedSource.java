package org.etcdmirror.pairings;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.jspecify.annotations.Nullable;

/**
 * A cluster of API v3 with many keys, which are written all the time and whose history is compacted
 * all the time. Each value is written once, so that it identifies its write.
 */
final class CompactedSource implements AutoCloseable {

  /** The value of a key that does not exist. */
  static final String GONE = "(gone)";

  private static final String PREFIX = "/conf/";
  private static final int KEYS_OF_A_FILL = 1000;
  private static final int KEYS_OF_A_WRITE = 5;
  private static final String FILLER = "x".repeat(60);

  private final EtcdServer server;
  private final V3Http http;
  private final V3Http compactor;
  private final int keys;
  private final Random random;
  private final Map<String, List<String>> past = new HashMap<>();
  private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService compaction = Executors.newSingleThreadScheduledExecutor();
  private long values;
  private final List<Future<?>> work = new ArrayList<>();
  private long compacted;
  private volatile int compactions;

  /** Starts with this many keys; every second place is free at first. */
  CompactedSource(EtcdBinary binary, int keys, long seed) {
    this.server = EtcdServer.builder().binary(binary).start();
    this.http = new V3Http(server.clientUrl());
    this.compactor = new V3Http(server.clientUrl());
    this.keys = keys;
    this.random = new Random(seed);
    for (int from = 0; from < keys; from += KEYS_OF_A_FILL) {
      for (int part = from; part < Math.min(keys, from + KEYS_OF_A_FILL); part += 100) {
        List<Write> writes = new ArrayList<>();
        for (int i = part; i < part + 100; i++) {
          writes.add(put(2 * i));
        }
        http.commit(writes);
      }
    }
  }

  EtcdServer server() {
    return server;
  }

  private static String key(int place) {
    return PREFIX + "%07d".formatted(place);
  }

  private Write put(int place) {
    String value = ++values + FILLER;
    remember(key(place), value);
    return Write.put(Bytes.utf8(key(place)), Bytes.utf8(value));
  }

  private Write delete(int place) {
    remember(key(place), GONE);
    return Write.delete(Bytes.utf8(key(place)));
  }

  private void remember(String key, String value) {
    past.computeIfAbsent(key, first -> new ArrayList<>(List.of(GONE))).add(value);
  }

  /** Writes and compacts from now on. */
  void stir(int writesASecond, Duration compactEvery) {
    long pause = Duration.ofSeconds(1).toNanos() * KEYS_OF_A_WRITE / writesASecond;
    work.add(writer.scheduleAtFixedRate(this::write, 0, pause, TimeUnit.NANOSECONDS));
    work.add(
        compaction.scheduleAtFixedRate(
            this::compactIfAnswered, 0, compactEvery.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** New keys, new values and deletes, over the whole range. */
  private synchronized void write() {
    List<Write> writes = new ArrayList<>();
    Set<Integer> places = new HashSet<>();
    while (places.size() < KEYS_OF_A_WRITE) {
      int place = random.nextInt(2 * keys);
      if (places.add(place)) {
        writes.add(random.nextInt(3) == 0 ? delete(place) : put(place));
      }
    }
    http.commit(writes);
  }

  /** A busy server may answer too late; the next compaction includes this one. */
  private void compactIfAnswered() {
    try {
      compact();
    } catch (IllegalStateException e) {
      if (!String.valueOf(e.getMessage()).contains("request timed out")) {
        throw e;
      }
    }
  }

  private void compact() {
    long newest = compactor.revision();
    if (newest > compacted) {
      compactor.compact(newest);
      compacted = newest;
      compactions++;
    }
  }

  /** Makes many changes and compacts the history. */
  void changeMuch() {
    for (int i = 0; i < keys / 50; i++) {
      write();
    }
    compact();
  }

  /** When this returns, nothing more is written or compacted. */
  void rest() throws InterruptedException, ExecutionException {
    for (Future<?> one : work) {
      if (one.isDone()) {
        // It has failed.
        one.get();
      }
    }
    for (ScheduledExecutorService one : List.of(writer, compaction)) {
      one.shutdown();
      if (!one.awaitTermination(1, TimeUnit.MINUTES)) {
        throw new IllegalStateException("a write does not end");
      }
    }
  }

  int compactions() {
    return compactions;
  }

  synchronized long writes() {
    return values;
  }

  long index() {
    return http.revision();
  }

  Map<Bytes, Bytes> held() {
    return http.values(PREFIX);
  }

  /**
   * Checks that a key has had these values in this order; others may have come in between.
   *
   * @return the first of them that went back; null for none
   */
  synchronized @Nullable String wentBack(String key, List<String> values) {
    List<String> all = past.getOrDefault(key, List.of(GONE));
    int at = 0;
    for (String value : values) {
      while (at < all.size() && !all.get(at).equals(value)) {
        at++;
      }
      if (at == all.size()) {
        return value;
      }
    }
    return null;
  }

  @Override
  public void close() {
    writer.shutdownNow();
    compaction.shutdownNow();
    server.close();
  }
}
