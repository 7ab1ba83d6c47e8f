package org.etcdmirror.core.internal.resync;

import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.Gap;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.core.internal.checkpoint.FormerEntries;
import org.etcdmirror.core.internal.queue.Work;
import org.etcdmirror.core.internal.run.Doubts;

/**
 * A resync that is to be done, until it is: through attempts that fail, and through a person's
 * approval. Used by the applier's thread alone.
 */
public final class ResyncJob {

  private final Work.Recovery recovery;
  private final Gap gap;
  private final boolean firstCopy;
  private boolean nothingForeign;
  private long notBefore;
  private DeletePermit permit = DeletePermit.NONE;
  private long written;
  private long deleted;

  /**
   * A job.
   *
   * @param recovery what was handed over for it
   * @param gap the gravest of all that it is to close
   * @param firstCopy whether no copy into this sink was ever finished
   */
  public ResyncJob(Work.Recovery recovery, Gap gap, boolean firstCopy) {
    this.recovery = recovery;
    this.gap = gap;
    this.firstCopy = firstCopy;
    this.notBefore = recovery.streamStart();
  }

  /**
   * This one is not done, and something more is to be recovered from. What was permitted was
   * permitted for what was known then.
   */
  public ResyncJob followedBy(Work.Recovery next, Gap gravest) {
    ResyncJob both = new ResyncJob(next, Doubts.graver(gap, gravest), firstCopy);
    // What the sink holds since it was looked at is of the same cluster.
    both.nothingForeign = nothingForeign && next.clusterId().equals(clusterId());
    both.written = written;
    both.deleted = deleted;
    return both;
  }

  /** The recovery that was handed over last. */
  public Work.Recovery recovery() {
    return recovery;
  }

  /** Why. */
  public Gap gap() {
    return gap;
  }

  /** Whether no copy into this sink was ever finished. */
  boolean isFirstCopy() {
    return firstCopy;
  }

  /**
   * The sink was seen to hold nothing that the source does not. What a later attempt finds to be
   * too much was deleted in the source since.
   */
  void foundNothingForeign() {
    nothingForeign = true;
  }

  boolean holdsNothingForeign() {
    return nothingForeign;
  }

  /** The cluster that is followed. */
  public String clusterId() {
    return recovery.clusterId();
  }

  /** The snapshot must not be older than this index. */
  long notBefore() {
    return notBefore;
  }

  /** Events through this index will not be applied. */
  public void dropped(long index) {
    notBefore = Math.max(notBefore, index);
  }

  /** The approved deletes beyond the limit. */
  public DeletePermit permit() {
    return permit;
  }

  public void permit(DeletePermit given) {
    permit = given;
  }

  /**
   * This is durable, whatever becomes of this attempt; counted over all attempts. What a person
   * permitted is permitted once.
   */
  void done(EventBatch batch, FormerEntries formerEntries) {
    permit = permit.without(batch, formerEntries);
    for (MirrorEvent event : batch.events()) {
      if (event instanceof MirrorEvent.Delete) {
        deleted++;
      } else if (!(event instanceof MirrorEvent.Refresh)) {
        written++;
      }
    }
  }

  long written() {
    return written;
  }

  long deleted() {
    return deleted;
  }

  /**
   * Whether the sink may hold what never came from this history and by these rules. Then nothing is
   * overwritten either before the deletes are known to be allowed. Else what is written would have
   * come as events anyway.
   */
  boolean isOfAnotherOrigin() {
    return Doubts.isOfAnotherOrigin(gap);
  }
}
