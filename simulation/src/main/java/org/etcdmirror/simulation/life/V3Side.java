package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.ReadableSink;
import org.etcdmirror.simulation.model.Network;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Member;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.v3.V3Sink;
import org.etcdmirror.v3.V3Source;

/** A v3 cluster whose keys are paths, none of which lies below another. */
final class V3Side implements Side {

  private static final long LEAST_LAG = 20_000_000;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final String name;
  private final LongConsumer pass;
  private final V3Cluster cluster;
  private int values;
  private long nextId;

  /**
   * Creates it without keys.
   *
   * @param pass lets so many nanoseconds pass
   */
  V3Side(Network network, Random random, String name, long id, LongConsumer pass) {
    this.random = random;
    this.name = name;
    this.pass = pass;
    this.nextId = id;
    this.cluster = new V3Cluster(network, name, nextId++, 1 + random.nextInt(3));
    for (V3Member member : cluster.members()) {
      member.lag(random.nextInt(3) == 0 ? 5 * LinkLife.SECOND : LEAST_LAG);
      member.version(random.nextInt(3) == 0 ? "3.4.23" : "3.5.16");
    }
  }

  @Override
  public void isSource() {
    cluster.onMirrorWrite(() -> scheduler.note("the source was written"));
  }

  @Override
  public EventSource source() {
    return V3Source.of(endpoints());
  }

  @Override
  public ReadableSink sink() {
    return V3Sink.of(endpoints());
  }

  private String[] endpoints() {
    String[] all = new String[cluster.members().size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = "http://" + name + (i + 1) + ":2379";
    }
    return all;
  }

  @Override
  public void write() {
    change(1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 1));
  }

  @Override
  public void burst() {
    for (int i = random.nextInt(300); i > 0; i--) {
      change(1 + random.nextInt(3));
    }
    if (random.nextBoolean()) {
      long to = Math.max(1, index() - random.nextInt(5));
      scheduler.note("compact through " + to);
      cluster.compact(to);
    }
  }

  private void change(int keys) {
    Map<String, String> puts = new TreeMap<>();
    List<String> deletes = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      String key = key();
      if (random.nextInt(3) == 0) {
        if (!puts.containsKey(key)) {
          deletes.add(key);
        }
      } else if (!deletes.contains(key)) {
        puts.put(key, value());
      }
    }
    cluster.write(puts, deletes);
  }

  private String key() {
    String top = random.nextInt(4) == 0 ? "/other/" : LinkLife.SCOPE + "/";
    int number = random.nextInt(8);
    return number < 4 ? top + number : top + "d" + number % 2 + "/" + number;
  }

  private String value() {
    return name.charAt(0) + "" + values++;
  }

  @Override
  public void writeBeside() {
    cluster.write(Map.of("/foreign/" + random.nextInt(3), value()), List.of());
  }

  @Override
  public void trouble() {
    V3Member member = cluster.members().get(random.nextInt(cluster.members().size()));
    scheduler.note("down: " + member);
    member.down(true);
    pass.accept(random.nextInt(20) * LinkLife.SECOND);
    member.down(false);
  }

  @Override
  public void writeLast() {
    cluster.write(Map.of(LinkLife.SCOPE + "/last", value()), List.of());
  }

  @Override
  public void calm() {
    cluster.members().forEach(member -> member.lag(LEAST_LAG));
  }

  @Override
  public void replace() {
    if (random.nextInt(3) == 0) {
      scheduler.note(name + " wiped");
      cluster.wipe(nextId++);
    } else {
      long to = 1L + random.nextInt((int) index());
      scheduler.note("%s restored to %d".formatted(name, to));
      cluster.restore(to, nextId++);
    }
  }

  @Override
  public long index() {
    return cluster.store().revision();
  }

  @Override
  public Map<String, String> values() {
    return cluster.values(LinkLife.SCOPE + "/", index());
  }

  @Override
  public Map<String, String> entries() {
    return values();
  }

  @Override
  public boolean expires() {
    return cluster.store().keys(index()).values().stream().anyMatch(key -> key.getLease() != 0);
  }

  @Override
  public boolean hasDirectories() {
    return false;
  }
}
