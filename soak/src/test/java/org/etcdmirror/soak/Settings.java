package org.etcdmirror.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.etcdmirror.testkit.etcd.EtcdBinary;

/**
 * What differs from round to round besides the faults, drawn from the random numbers.
 *
 * @param standby whether there are two instances, of which one stands by
 */
record Settings(
    Pairing pairing,
    EtcdBinary sourceEtcd,
    EtcdBinary sinkEtcd,
    boolean sourceTls,
    boolean sinkTls,
    boolean fakedClock,
    boolean copiesExpiries,
    boolean standby,
    Scope scope,
    Duration betweenWrites,
    List<String> mirrorOptions) {

  private static final Duration FAKETIME_PACE = Duration.ofMillis(60);

  /**
   * Whether the sink is always in a state that the source had: copied keys may end by themselves,
   * before the mirror has the source's event.
   */
  boolean copiesStates() {
    return pairing.copiesStates() && !copiesExpiries;
  }

  /** The time between two writes: longer where libfaketime holds the mirror up. */
  Duration pace() {
    return fakedClock ? betweenWrites.plus(FAKETIME_PACE) : betweenWrites;
  }

  /**
   * Draws them.
   *
   * @param others for what was added later, so that a seed has the same round as before
   */
  static Settings draw(Random random, Random others, Pairing pairing) {
    List<EtcdBinary> etcds = EtcdBinary.all();
    List<String> options = new ArrayList<>();
    options.add("--max-deletes");
    options.add(random.nextBoolean() ? "5" : "1000");
    options.add("--catch-up");
    options.add(random.nextBoolean() ? "replay" : "collapse");
    if (random.nextInt(3) == 0) {
      options.addAll(List.of("--verify-every", "5s", "--verify-action", "repair"));
    }
    return new Settings(
        pairing,
        etcds.get(random.nextInt(etcds.size())),
        etcds.get(random.nextInt(etcds.size())),
        random.nextInt(3) == 0,
        random.nextInt(3) == 0,
        random.nextInt(4) == 0,
        random.nextInt(4) == 0,
        others.nextInt(3) == 0,
        new Scope(random.nextBoolean() ? Scope.PREFIX : "/copy/"),
        Duration.ofMillis(5 + random.nextInt(40)),
        List.copyOf(options));
  }
}
