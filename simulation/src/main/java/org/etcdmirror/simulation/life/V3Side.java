package org.etcdmirror.simulation.life;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Member;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.etcdmirror.v3.ShortStripes;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;
import org.etcdmirror.v3.rpc.KeyValue;

/** A v3 cluster whose keys are paths. */
final class V3Side implements Side {

  private static final String OWN = "/__replication/";
  private static final long LEAST_LAG = 20_000_000;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final Members<V3Member> members;
  private final String name;
  private final V3Cluster cluster;
  private final V3Clients clients;
  private final int maxTxnOps;
  private final boolean stripes;
  private boolean isSource;
  private Consumer<String> onDataWrite = key -> {};
  private Runnable onMirrorWrite = () -> {};
  private long nextId;

  /**
   * Creates it without keys.
   *
   * @param pass lets so many nanoseconds pass
   */
  V3Side(Network network, Random random, String name, long id, LongConsumer pass) {
    this.random = random;
    this.name = name;
    this.nextId = id;
    this.cluster = new V3Cluster(network, name, nextId++, 1 + random.nextInt(3));
    this.members = new Members<>(random, name, cluster.members(), pass);
    this.clients = new V3Clients(random, name, cluster);
    this.maxTxnOps = random.nextBoolean() ? 128 : 8 + random.nextInt(6);
    this.stripes = random.nextInt(4) > 0;
    for (V3Member member : cluster.members()) {
      member.lag(random.nextInt(3) == 0 ? 5 * LinkLife.SECOND : LEAST_LAG);
      member.version(random.nextInt(3) == 0 ? "3.4.23" : "3.5.16");
    }
  }

  V3Cluster cluster() {
    return cluster;
  }

  V3Clients clients() {
    return clients;
  }

  /** Does something after each revision that a mirror has made. */
  void onMirrorWrite(Runnable task) {
    onMirrorWrite = task;
  }

  @Override
  public void mirrorsWrite(Predicate<String> keys) {
    isSource = false;
    cluster.onMirrorWrite(() -> {
      for (String key : cluster.store().changed(index())) {
        if (key.startsWith(OWN)) {
          continue;
        }
        if (!keys.test(key)) {
          throw new SimulationException("a key beside the scope was written: " + key);
        }
        onDataWrite.accept(key);
      }
      onMirrorWrite.run();
    });
  }

  @Override
  public void noMirrorWrites() {
    isSource = true;
    cluster.onMirrorWrite(() -> {
      throw new SimulationException("the source was written");
    });
  }

  @Override
  public void onDataWrite(Consumer<String> task) {
    onDataWrite = task;
  }

  @Override
  public EventSource source() {
    return stripes
        ? ShortStripes.source(List.of(members.endpoints()))
        : V3Source.of(members.endpoints());
  }

  @Override
  public ReadableSink sink() {
    return V3Sink.builder().endpoints(members.endpoints()).maxTxnOps(maxTxnOps).build();
  }

  @Override
  public void write() {
    clients.write();
  }

  @Override
  public void burst() {
    if (random.nextInt(4) == 0) {
      clients.burst();
    }
    long to = Math.max(1, index() - random.nextInt(5));
    scheduler.note("compact through " + to);
    cluster.compact(to);
  }

  @Override
  public void writeBelow(String prefix) {
    clients.writeBelow(prefix);
  }

  @Override
  public void writeLast() {}

  @Override
  public void loseHistory() {
    clients.burst();
    cluster.compact(index());
  }

  @Override
  public void forgetHistory() {
    scheduler.note("history forgotten through " + index());
    cluster.compact(index());
  }

  @Override
  public void loseLead() {
    scheduler.note("lead lost");
    leases().forEach(cluster::revoke);
  }

  @Override
  public boolean hasLeader() {
    return !leases().isEmpty();
  }

  /** Those by which mirrors lead. */
  private List<Long> leases() {
    return cluster.store().keys(index()).values().stream()
        .filter(entry -> entry.getKey().toStringUtf8().startsWith(OWN + ".leader/"))
        .map(KeyValue::getLease)
        .toList();
  }

  @Override
  public void trouble() {
    members.oneIsDown();
  }

  @Override
  public void calm() {
    cluster.members().forEach(member -> member.lag(LEAST_LAG));
    clients.calm();
  }

  @Override
  public void replace() {
    long newId = isSource || random.nextInt(4) == 0 ? nextId++ : cluster.id();
    if (random.nextInt(3) == 0) {
      scheduler.note("%s wiped, id %x".formatted(name, newId));
      cluster.wipe(newId);
    } else {
      long to = 1L + random.nextInt((int) index());
      scheduler.note("%s restored to %d, id %x".formatted(name, to, newId));
      cluster.restore(to, newId);
    }
  }

  /**
   * A backup that may be as new as the newest change is put back under the same id. It does not
   * lack deletes alone: a mirror that has compared both sides since cannot find that, which is a
   * known limit.
   *
   * @param mirrored which keys are mirrored
   */
  void putBackNewBackup(Predicate<String> mirrored) {
    long to = Math.max(1, index() - random.nextInt(10));
    while (to > 1 && lacksOnlyDeletes(to, mirrored)) {
      to--;
    }
    scheduler.note("%s restored to %d of %d".formatted(name, to, index()));
    cluster.restore(to, cluster.id());
  }

  /** Whether a revision has all mirrored keys as they are now, and others beside them. */
  private boolean lacksOnlyDeletes(long revision, Predicate<String> mirrored) {
    Map<String, Long> then = mirrored(revision, mirrored);
    Map<String, Long> now = mirrored(index(), mirrored);
    return then.size() > now.size() && then.entrySet().containsAll(now.entrySet());
  }

  /** The mirrored keys at a revision, with the revisions that put them. */
  private Map<String, Long> mirrored(long revision, Predicate<String> mirrored) {
    Map<String, Long> found = new TreeMap<>();
    cluster.store().keys(revision).values().stream()
        .filter(entry -> mirrored.test(entry.getKey().toStringUtf8()))
        .forEach(entry -> found.put(entry.getKey().toStringUtf8(), entry.getModRevision()));
    return found;
  }

  @Override
  public long index() {
    return cluster.store().revision();
  }

  @Override
  public Map<String, String> values(Collection<String> prefixes) {
    Map<String, String> found = new TreeMap<>();
    prefixes.forEach(prefix -> found.putAll(cluster.values(prefix + "/", index())));
    return found;
  }

  @Override
  public Map<String, String> entries(Collection<String> prefixes) {
    return values(prefixes);
  }

  @Override
  public boolean expires() {
    return cluster.store().keys(index()).values().stream().anyMatch(key -> key.getLease() != 0);
  }

  @Override
  public boolean hasDirectories() {
    return false;
  }

  @Override
  public boolean isFenced() {
    return true;
  }
}
