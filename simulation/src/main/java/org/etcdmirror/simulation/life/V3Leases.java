package org.etcdmirror.simulation.life;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.simulation.model.V3Cluster;

/** The leases of the clients of a v3 cluster. In most lives there are none. */
final class V3Leases {

  private final Random random;
  private final V3Cluster cluster;
  private final List<Long> granted = new ArrayList<>();

  /** The share of transactions whose puts are on a lease. */
  private final double share;

  private boolean calm;
  private long next;

  V3Leases(Random random, V3Cluster cluster) {
    this.random = random;
    this.cluster = cluster;
    this.share = random.nextInt(3) == 0 ? random.nextDouble() * 0.6 : 0;
    this.next = 1_000 * cluster.id() + 1;
  }

  /** The lease for the puts of a transaction: a new one, an old one, or 0 for none. */
  long some() {
    if (calm || random.nextDouble() >= share) {
      return 0;
    }
    if (granted.isEmpty() || random.nextInt(3) == 0) {
      grant();
    }
    long lease = granted.get(random.nextInt(granted.size()));
    return cluster.hasLease(lease) ? lease : grant();
  }

  private long grant() {
    long lease = next++;
    boolean unused = cluster.grant(lease, 2 + random.nextInt(90));
    granted.add(lease);
    return lease;
  }

  /** Some lease is kept alive, or revoked. */
  void happen() {
    if (!calm && !granted.isEmpty()) {
      int dice = random.nextInt(10);
      long lease = granted.get(random.nextInt(granted.size()));
      if (dice < 3) {
        long unused = cluster.keepAlive(lease);
      } else if (dice == 3) {
        boolean unused = cluster.revoke(lease);
      }
    }
  }

  void calm() {
    calm = true;
  }
}
