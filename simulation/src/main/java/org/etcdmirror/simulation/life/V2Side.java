package org.etcdmirror.simulation.life;

import java.util.ArrayList;
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
  private static final String LEADER = OWN + "/__leader__" + LinkDesign.LINK;

  /** So many changes at once bring a member that is cut off its leader's snapshot. */
  private static final int FAR = 5_500;

  private static final long LEAST_LAG = 20_000_000;

  private final Scheduler scheduler = Scheduler.current();
  private final Random random;
  private final String name;
  private final V2Cluster cluster;
  private final Members<V2Member> members;
  private final List<V2Store> backups = new ArrayList<>();
  private String lastKey = LinkDesign.CONF + "/a";
  private int values;
  private long nextId;
  private boolean isSource;
  private Consumer<String> onDataWrite = key -> {};
  private Runnable onMirrorWrite = () -> {};

  /** What clients of a sink wrote that no mirror may change, without what goes by itself. */
  private Map<String, String> others = Map.of();

  private Predicate<String> mirrored = key -> true;

  /**
   * Creates it without keys.
   *
   * @param pass lets so many nanoseconds pass
   */
  V2Side(Network network, Random random, String name, long id, LongConsumer pass) {
    this.random = random;
    this.name = name;
    this.nextId = id;
    this.cluster = new V2Cluster(network, name, nextId++, 1 + random.nextInt(3));
    this.members = new Members<>(random, name, cluster.members(), pass);
    for (V2Member member : cluster.members()) {
      member.lag(lag());
      if (random.nextInt(5) == 0) {
        member.onHalfClose(random.nextBoolean() ? HalfClose.CUT : HalfClose.IGNORED);
      }
    }
  }

  private long lag() {
    int dice = random.nextInt(10);
    return dice == 0 ? 9 * LinkLife.SECOND : dice < 3 ? LinkLife.SECOND : LEAST_LAG;
  }

  @Override
  public void mirrorsWrite(Predicate<String> keys) {
    isSource = false;
    mirrored = keys;
    learnOthers();
    cluster.onMirrorWrite(key -> {
      if (!V2Store.covers(OWN, key)) {
        if (!keys.test(key) || isHidden(key)) {
          throw new SimulationException(
              "a key beside the scope, or a hidden one, was written: " + key);
        }
        requireOthers(key);
        onDataWrite.accept(key);
      }
      onMirrorWrite.run();
    });
  }

  /** A client of a sink wrote something that is not mirrored. */
  private void learnOthers() {
    others = new TreeMap<>();
    cluster
        .store()
        .nodes()
        .forEach((key, node) -> {
          boolean isMirrors = mirrored.test(key) || V2Store.covers(OWN, key);
          if (node.value() != null && !isMirrors && stays(key)) {
            others.put(key, node.value());
          }
        });
  }

  private boolean stays(String key) {
    return cluster.store().nodes().entrySet().stream()
        .noneMatch(entry -> entry.getValue().doesExpire() && V2Store.covers(entry.getKey(), key));
  }

  private void learnOthersOfSink() {
    if (!isSource) {
      learnOthers();
    }
  }

  /** A directory that a mirror deletes or lets expire takes along all that is in it. */
  private void requireOthers(String written) {
    others.forEach((key, value) -> {
      V2Node found = cluster.store().nodes().get(key);
      if (found == null || !value.equals(found.value())) {
        throw new SimulationException(
            "%s is not the mirror's, and changed when the mirror wrote %s".formatted(key, written));
      }
    });
  }

  V2Cluster cluster() {
    return cluster;
  }

  /** Does something after each write of a mirror. */
  void onMirrorWrite(Runnable task) {
    onMirrorWrite = task;
  }

  private static boolean isHidden(String key) {
    return key.contains("/_");
  }

  @Override
  public void noMirrorWrites() {
    isSource = true;
    cluster.onMirrorWrite(key -> {
      throw new SimulationException("the source was written: " + key);
    });
  }

  @Override
  public void onDataWrite(Consumer<String> task) {
    onDataWrite = task;
  }

  @Override
  public EventSource source() {
    return V2Source.of(members.endpoints());
  }

  @Override
  public ReadableSink sink() {
    return V2Sink.of(members.endpoints());
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
    int dice = random.nextInt(8);
    String key = dice == 0 ? LinkDesign.OTHER : dice == 1 ? LinkDesign.MORE : LinkDesign.CONF;
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

  /**
   * A client that keeps a key of its own alive. No watch is told, so a mirror cannot know of a key
   * that gets its first time to live so.
   */
  private void refresh(String key) {
    V2Node found = cluster.store().nodes().get(key);
    if (found != null && found.expires() != V2Node.NEVER) {
      cluster.write("PUT", key, Map.of("prevExist", "true", "refresh", "true", "ttl", ttl()));
    }
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
    burst(random.nextInt(3) == 0 ? 1_500 : 200);
  }

  private void burst(int writes) {
    boolean inside = random.nextInt(3) == 0;
    scheduler.note("burst of %d %s".formatted(writes, inside ? "in the scope" : "beside it"));
    for (int i = 0; i < writes; i += 50) {
      step((inside ? LinkDesign.CONF : LinkDesign.OTHER) + "/burst/", i, 50);
      if (random.nextInt(3) == 0) {
        members.waitAMoment();
      }
    }
  }

  private void step(String prefix, int from, int count) {
    Map<String, String> puts = new TreeMap<>();
    for (int i = from; i < from + count; i++) {
      puts.put(prefix + i % 120, value());
    }
    cluster.burst(puts);
    learnOthersOfSink();
  }

  @Override
  public void writeBelow(String prefix) {
    backUpSometimes();
    put(prefix + "/" + random.nextInt(3));
    learnOthersOfSink();
  }

  @Override
  public void writeLast() {
    put(LinkDesign.CONF + "/last");
  }

  /** Of so much that most of it is not in the members' history any more. */
  @Override
  public void loseHistory() {
    burst(1_500);
  }

  /** Slowly, so that those who follow do not lose it. */
  @Override
  public void forgetHistory() {
    for (int i = 0; i < 1_500; i += 50) {
      step(LinkDesign.OTHER + "/burst/", i, 50);
      members.waitAMoment();
    }
  }

  @Override
  public void loseLead() {
    scheduler.note("lead lost");
    cluster.write("DELETE", LEADER, Map.of());
  }

  @Override
  public boolean hasLeader() {
    return cluster.store().nodes().containsKey(LEADER);
  }

  @Override
  public void trouble() {
    if (cluster.members().size() == 1 || random.nextBoolean()) {
      members.oneIsDown();
    } else {
      cutOff(members.any());
    }
  }

  /** What happens meanwhile may be so much that the member skips it. */
  private void cutOff(V2Member member) {
    scheduler.note("cut off: " + member);
    member.cutOff(true);
    members.wait(20);
    if (random.nextBoolean()) {
      String skipped = (isSource ? LinkDesign.CONF : "/foreign") + "/skipped";
      put(skipped);
      for (int i = 0; i < FAR; i += 100) {
        step(LinkDesign.OTHER + "/burst/", i, 100);
      }
      put(skipped);
      learnOthersOfSink();
      members.wait(3);
    }
    member.cutOff(false);
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
    learnOthersOfSink();
  }

  @Override
  public long index() {
    return cluster.store().index();
  }

  @Override
  public Map<String, String> values(Collection<String> prefixes) {
    Map<String, String> found = entries(prefixes);
    found.values().removeIf(V2Cluster.DIRECTORY::equals);
    return found;
  }

  @Override
  public Map<String, String> entries(Collection<String> prefixes) {
    Map<String, String> found = new TreeMap<>();
    prefixes.forEach(prefix -> found.putAll(cluster.shown(prefix)));
    return found;
  }

  @Override
  public boolean expires() {
    return cluster.store().nextExpiry() != V2Node.NEVER;
  }

  @Override
  public boolean hasDirectories() {
    return true;
  }

  @Override
  public boolean isFenced() {
    return false;
  }
}
