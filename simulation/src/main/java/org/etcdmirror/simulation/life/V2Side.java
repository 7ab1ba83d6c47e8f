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
import org.etcdmirror.simulation.model.V2Cluster;
import org.etcdmirror.simulation.model.V2Member;
import org.etcdmirror.simulation.model.V2Member.HalfClose;
import org.etcdmirror.simulation.model.V2Node;
import org.etcdmirror.simulation.model.V2Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.etcdmirror.v2.V2Sink;
import org.etcdmirror.v2.V2Source;

/** A v2 cluster with clients that use all of its API. */
final class V2Side implements Side {

  private static final String OWN = "/__replication";

  /** So many changes at once bring a member that is cut off its leader's snapshot. */
  private static final int FAR = 5_500;

  private static final long LEAST_LAG = 20_000_000;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final String name;
  private final LongConsumer pass;
  private final V2Cluster cluster;
  private final List<V2Store> backups = new ArrayList<>();
  private String lastKey = LinkLife.SCOPE + "/a";
  private int values;
  private long nextId;
  private boolean isSource;

  /**
   * Creates it without keys.
   *
   * @param pass lets so many nanoseconds pass
   */
  V2Side(Network network, Random random, String name, long id, LongConsumer pass) {
    this.random = random;
    this.name = name;
    this.pass = pass;
    this.nextId = id;
    this.cluster = new V2Cluster(network, name, nextId++, 1 + random.nextInt(3));
    for (V2Member member : cluster.members()) {
      member.lag(lag());
      if (random.nextInt(5) == 0) {
        member.onHalfClose(random.nextBoolean() ? HalfClose.CUT : HalfClose.IGNORED);
      }
    }
    cluster.onMirrorWrite(V2Side::requireOwn);
  }

  private static void requireOwn(String key) {
    boolean mirrored =
        V2Store.covers(LinkLife.SCOPE, key) && !V2Store.isHidden(LinkLife.SCOPE, key);
    if (!mirrored && !V2Store.covers(OWN, key)) {
      throw new SimulationException("a key beside the scope, or a hidden one, was written: " + key);
    }
  }

  private long lag() {
    int dice = random.nextInt(10);
    return dice == 0 ? 9 * LinkLife.SECOND : dice < 3 ? LinkLife.SECOND : LEAST_LAG;
  }

  @Override
  public void isSource() {
    isSource = true;
    cluster.onMirrorWrite(
        key -> {
          throw new SimulationException("the source was written: " + key);
        });
  }

  @Override
  public EventSource source() {
    return V2Source.of(endpoints());
  }

  @Override
  public ReadableSink sink() {
    return V2Sink.of(endpoints());
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
    backUpSometimes();
    String key = random.nextInt(3) == 0 ? lastKey : key();
    lastKey = key;
    switch (random.nextInt(20)) {
      case 0 -> cluster.write("PUT", key, Map.of("dir", "true"));
      case 1 -> cluster.write("DELETE", key, Map.of("dir", "true"));
      case 2 -> cluster.write("DELETE", key, Map.of("recursive", "true"));
      case 3, 4 -> cluster.write("DELETE", key, Map.of());
      case 5 -> cluster.write("PUT", key, Map.of("prevExist", "true", "value", value()));
      case 6 -> cluster.write("PUT", key, Map.of("prevExist", "false", "value", value()));
      case 7 -> putHidden(key.substring(0, key.lastIndexOf('/')));
      case 8 -> compare(key);
      case 9, 10 -> cluster.write("PUT", key, Map.of("value", value(), "ttl", ttl()));
      case 11 -> cluster.write("PUT", key, Map.of("dir", "true", "ttl", ttl()));
      case 12 -> refresh(key);
      default -> put(key);
    }
  }

  private String key() {
    String key = random.nextInt(4) == 0 ? "/other" : LinkLife.SCOPE;
    for (int i = 1 + random.nextInt(2); i > 0; i--) {
      key += "/" + (char) ('a' + random.nextInt(4));
    }
    return key;
  }

  private void backUpSometimes() {
    if (random.nextInt(10) == 0) {
      backups.add(cluster.backup());
    }
  }

  private String value() {
    return name.charAt(0) + "" + values++;
  }

  private void put(String key) {
    cluster.write("PUT", key, Map.of("value", value()));
  }

  /** A directory that is there only for a hidden key is no event, and not mirrored before long. */
  private void putHidden(String directory) {
    V2Node found = cluster.store().nodes().get(directory);
    if (found != null && found.isDirectory()) {
      put(directory + "/_" + random.nextInt(2));
    }
  }

  private String ttl() {
    return Integer.toString(1 + random.nextInt(60));
  }

  /** A client that keeps a key of its own alive. */
  private void refresh(String key) {
    cluster.write("PUT", key, Map.of("prevExist", "true", "refresh", "true", "ttl", ttl()));
  }

  private void compare(String key) {
    V2Node found = cluster.store().nodes().get(key);
    String index = found == null ? "1" : Long.toString(found.modified());
    if (random.nextBoolean()) {
      cluster.write("PUT", key, Map.of("prevIndex", index, "value", value()));
    } else {
      cluster.write("DELETE", key, Map.of("prevIndex", index));
    }
  }

  /** Most of it is outside of the scope. */
  @Override
  public void burst() {
    int writes = random.nextInt(3) == 0 ? 1_500 : 200;
    boolean inside = random.nextInt(3) == 0;
    scheduler.note("burst of %d %s".formatted(writes, inside ? "in the scope" : "beside it"));
    for (int i = 0; i < writes; i += 50) {
      step((inside ? LinkLife.SCOPE : "/other") + "/burst/", i, 50);
      if (random.nextInt(3) == 0) {
        pass.accept(random.nextInt(20_000_000));
      }
    }
  }

  private void step(String prefix, int from, int count) {
    Map<String, String> puts = new TreeMap<>();
    for (int i = from; i < from + count; i++) {
      puts.put(prefix + i % 120, value());
    }
    cluster.burst(puts);
  }

  @Override
  public void writeBeside() {
    backUpSometimes();
    put("/foreign/" + random.nextInt(3));
  }

  @Override
  public void trouble() {
    V2Member member = cluster.members().get(random.nextInt(cluster.members().size()));
    if (cluster.members().size() == 1 || random.nextBoolean()) {
      scheduler.note("down: " + member);
      member.down(true);
      pass.accept(random.nextInt(20) * LinkLife.SECOND);
      member.down(false);
    } else {
      cutOff(member);
    }
  }

  /** What happens meanwhile may be so much that the member skips it. */
  private void cutOff(V2Member member) {
    scheduler.note("cut off: " + member);
    member.cutOff(true);
    pass.accept(random.nextInt(20) * LinkLife.SECOND);
    if (random.nextBoolean()) {
      String skipped = (isSource ? LinkLife.SCOPE : "/foreign") + "/skipped";
      put(skipped);
      for (int i = 0; i < FAR; i += 100) {
        step("/other/burst/", i, 100);
      }
      put(skipped);
      pass.accept(random.nextInt(3) * LinkLife.SECOND);
    }
    member.cutOff(false);
  }

  /** Behind some proxies the index of a mirror moves with events only. */
  @Override
  public void writeLast() {
    put(LinkLife.SCOPE + "/last");
  }

  @Override
  public void calm() {
    cluster.members().forEach(member -> member.lag(LEAST_LAG));
  }

  @Override
  public void replace() {
    if (backups.isEmpty() || random.nextInt(3) == 0) {
      scheduler.note(name + " wiped");
      cluster.wipe(nextId++);
    } else {
      V2Store backup = backups.get(random.nextInt(backups.size()));
      scheduler.note("%s restored to %d".formatted(name, backup.index()));
      cluster.restore(backup, nextId++);
    }
  }

  @Override
  public long index() {
    return cluster.store().index();
  }

  @Override
  public Map<String, String> values() {
    Map<String, String> found = new TreeMap<>();
    cluster
        .store()
        .shownBelow(LinkLife.SCOPE)
        .forEach(
            (key, node) -> {
              if (node.value() != null) {
                found.put(key, node.value());
              }
            });
    return found;
  }

  @Override
  public Map<String, String> entries() {
    return cluster.shown(LinkLife.SCOPE);
  }

  @Override
  public boolean expires() {
    return cluster.store().nextExpiry() != V2Node.NEVER;
  }

  @Override
  public boolean hasDirectories() {
    return true;
  }
}
