package org.etcdmirror.simulation.life;

import java.util.Random;
import java.util.function.LongConsumer;

/** A cluster of a link is replaced: wiped, or a backup is put back. */
final class Replacement {

  private static final long SECOND = LinkLife.SECOND;

  private final Random random;
  private final LinkDesign design;
  private final Side source;
  private final Side sink;
  private final LinkProcess link;
  private final StatusCheck status;
  private final FormerPrefixCheck former;
  private final LongConsumer pass;

  /**
   * Of the clusters of a link.
   *
   * @param pass lets so many nanoseconds pass
   */
  Replacement(
      Random random,
      LinkDesign design,
      Side source,
      Side sink,
      LinkProcess link,
      StatusCheck status,
      FormerPrefixCheck former,
      LongConsumer pass) {
    this.random = random;
    this.design = design;
    this.source = source;
    this.sink = sink;
    this.link = link;
    this.status = status;
    this.former = former;
    this.pass = pass;
  }

  void ofSink() {
    sink.replace();
    former.sinkReplaced();
    status.clusterReplaced();
  }

  void ofSource() {
    if (source instanceof V3Side from && random.nextBoolean()) {
      putBackNewBackup(from);
    } else {
      source.replace();
    }
    status.clusterReplaced();
  }

  /**
   * The scope is quiet in a busy cluster. While the mirror is away, a backup is put back that may
   * be as new as the newest change of the scope.
   */
  private void putBackNewBackup(V3Side from) {
    // A copy that comes after these writes does not know since when the scope is quiet.
    pass.accept(10 * SECOND);
    for (int i = random.nextInt(10); i > 0; i--) {
      from.writeBelow(LinkDesign.OTHER);
    }
    pass.accept(10 * SECOND);
    link.crash();
    long before = from.index();
    from.putBackNewBackup(design::mirrors);
    for (int i = random.nextInt(4); i > 0; i--) {
      from.write();
    }
    while (from.index() <= before) {
      from.writeBelow(LinkDesign.OTHER);
    }
    status.clusterReplaced();
    link.start();
    // A compaction before it connects would hide what the anchor was.
    pass.accept(20 * SECOND);
  }
}
