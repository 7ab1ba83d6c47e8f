package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Store;
import org.etcdmirror.simulation.schedule.SimulationException;

/**
 * A resync deletes no more than the limit allows, unless that was approved. What it deletes does
 * not move the index; what events delete does. A key that had expired in the source may go at any
 * time.
 */
final class DeleteCheck implements WriteCheck {

  private final Side source;
  private final LinkDesign design;
  private final Operator operator;
  private final Predicate<String> expires;
  private boolean levelBefore;
  private long indexBefore;

  /** Whether the source held something since the sink was level: a resync may have read that. */
  private boolean sourceHeldSome;

  /**
   * Creates it.
   *
   * @param expires whether a key of the source was on a lease at some time: it may have expired
   *     since, and the sink may hold a value of before
   */
  DeleteCheck(Side source, LinkDesign design, Operator operator, Predicate<String> expires) {
    this.source = source;
    this.design = design;
    this.operator = operator;
    this.expires = expires;
  }

  @Override
  public void afterWrite(V3Store sink, StoredCheckpoint stored) {
    boolean byEvents = stored.index() > indexBefore;
    if (!levelBefore && !byEvents) {
      check(sink);
    }
    indexBefore = stored.index();
    levelBefore = stored.saysLevel();
    sourceHeldSome = !levelBefore && (sourceHeldSome || !isSourceEmpty());
    if (levelBefore) {
      operator.nothingPending();
    }
  }

  private void check(V3Store sink) {
    Map<String, String> before = owned(sink, sink.revision() - 1);
    Map<String, String> now = owned(sink, sink.revision());
    List<String> deleted =
        before.keySet().stream()
            .filter(key -> !now.containsKey(key) && !expires.test(key))
            .toList();
    boolean isAllowed =
        deleted.isEmpty()
            || operator.permits(deleted.size())
            || (deleted.stream().noneMatch(this::needsApproval) && !exceeds(deleted, before));
    if (!isAllowed) {
      throw new SimulationException(
          "%d of %d were deleted without an approval: %s"
              .formatted(deleted.size(), before.size(), deleted));
    }
  }

  private boolean needsApproval(String key) {
    return !design.namesFormer() && design.scope().stream().noneMatch(key::startsWith);
  }

  private boolean exceeds(List<String> deleted, Map<String, String> before) {
    DeleteLimit limit = design.deleteLimit();
    boolean isEmpty = !sourceHeldSome && isSourceEmpty();
    return limit.refuses(deleted.size(), before.size(), isEmpty);
  }

  private boolean isSourceEmpty() {
    return design.mirroredValues(source).isEmpty();
  }

  private Map<String, String> owned(V3Store sink, long revision) {
    Map<String, String> found = new TreeMap<>();
    design.owned().forEach(prefix -> found.putAll(V3Cluster.values(sink, prefix + "/", revision)));
    found.keySet().removeIf(key -> !design.isIncluded(key));
    return found;
  }
}
