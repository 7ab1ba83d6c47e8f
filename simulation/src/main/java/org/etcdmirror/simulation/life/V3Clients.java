package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.etcdmirror.simulation.model.V3Cluster;

/** The clients of a v3 cluster. No key of theirs lies below another. */
final class V3Clients {

  private final Random random;
  private final String name;
  private final V3Cluster cluster;
  private final V3Leases leases;
  private final int keys;
  private final Set<String> onLeases = new HashSet<>();
  private int values;

  V3Clients(Random random, String name, V3Cluster cluster) {
    this.random = random;
    this.name = name;
    this.cluster = cluster;
    this.leases = new V3Leases(random, cluster);
    this.keys = random.nextBoolean() ? 8 : 40;
  }

  /** One transaction. */
  void write() {
    leases.happen();
    change(1 + random.nextInt(random.nextInt(4) == 0 ? 6 : 1));
  }

  /** As many keys as there are change, in many transactions. */
  void burst() {
    for (int i = random.nextInt(3 * keys); i > 0; i--) {
      change(1 + random.nextInt(3));
    }
  }

  private void change(int count) {
    Map<String, String> puts = new TreeMap<>();
    List<String> deletes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String key = key();
      boolean isDelete = random.nextInt(3) == 0;
      if (cluster.mayCoincide(key)) {
        continue;
      }
      if (isDelete) {
        if (!puts.containsKey(key)) {
          deletes.add(key);
        }
      } else if (!deletes.contains(key)) {
        puts.put(key, value());
      }
    }
    long lease = leases.some();
    if (lease != 0) {
      onLeases.addAll(puts.keySet());
    }
    cluster.write(puts, deletes, lease);
  }

  /** Whether a key was on a lease at some time. */
  boolean wasOnLease(String key) {
    return onLeases.contains(key);
  }

  void writeBelow(String prefix) {
    cluster.write(Map.of(prefix + "/" + random.nextInt(3), value()), List.of(), 0);
  }

  private String key() {
    int dice = random.nextInt(8);
    String top = dice == 0 ? LinkDesign.OTHER : dice == 1 ? LinkDesign.MORE : LinkDesign.CONF;
    int number = random.nextInt(keys);
    return number % 2 == 0 ? top + "/" + number : top + "/d" + number % 3 + "/" + number;
  }

  private String value() {
    return name.charAt(0) + "" + values++;
  }

  /** They keep nothing alive from now on. */
  void calm() {
    leases.calm();
  }
}
