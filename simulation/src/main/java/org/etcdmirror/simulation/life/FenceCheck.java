package org.etcdmirror.simulation.life;

import java.util.List;
import java.util.function.Supplier;
import org.etcdmirror.simulation.model.Sent;
import org.etcdmirror.simulation.model.V3Cluster;
import org.etcdmirror.simulation.model.V3Store;
import org.etcdmirror.simulation.schedule.Scheduler;
import org.etcdmirror.simulation.schedule.SimulationException;
import org.jspecify.annotations.Nullable;

/**
 * A mirror that takes the sink over moves the fence first, and writes no data with that. Nothing
 * that another one wrote, or that was sent before, comes after that.
 */
final class FenceCheck implements WriteCheck {

  private static final String OWN = "/__replication/";
  private static final String CHECKPOINT = OWN + LinkDesign.LINK;

  private final Scheduler scheduler = Scheduler.current();
  private final V3Cluster sink;
  private final Supplier<Sent> carriedOut;

  /** What moved the fence to its present writer; null if it is not known. */
  private @Nullable Sent claim;

  private long claimedAt;
  private String writer = "";
  private int restores;

  /**
   * Creates it.
   *
   * @param carriedOut the request that made the newest revision
   */
  FenceCheck(V3Cluster sink, Supplier<Sent> carriedOut) {
    this.sink = sink;
    this.carriedOut = carriedOut;
  }

  @Override
  public void afterWrite(V3Store store, StoredCheckpoint stored) {
    if (sink.restores() > restores) {
      restores = sink.restores();
      claim = null;
      writer = stored.writer();
    }
    List<String> changed = List.copyOf(store.changed(store.revision()));
    List<String> data = changed.stream().filter(key -> !key.startsWith(OWN)).toList();
    Sent sent = carriedOut.get();
    if (!stored.writer().equals(writer)) {
      require(data.isEmpty(), "writes data before it has moved the fence: " + data, sent);
      requireNew(sent, changed);
      claim = sent;
      claimedAt = scheduler.now();
      writer = stored.writer();
    } else if (!data.isEmpty() || changed.contains(CHECKPOINT)) {
      requireNew(sent, changed);
      Sent owner = claim;
      require(
          owner == null || owner.by() == sent.by(),
          "writes though another one has moved the fence: " + changed,
          sent);
    }
  }

  private void requireNew(Sent sent, List<String> changed) {
    require(
        claim == null || sent.at() >= claimedAt,
        "wrote what was sent before the fence was moved: " + changed,
        sent);
  }

  private static void require(boolean holds, String otherwise, Sent sent) {
    if (!holds) {
      throw new SimulationException(sent.by() + " " + otherwise);
    }
  }
}
