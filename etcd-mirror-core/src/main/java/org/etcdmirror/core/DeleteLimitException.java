package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A resync would delete more than the {@link DeleteLimit} allows. Nothing was deleted. */
public final class DeleteLimitException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final transient ResyncPlan plan;
  private final transient DeletePermit needed;

  DeleteLimitException(String message, ResyncPlan plan, DeletePermit needed) {
    super(message);
    this.plan = plan;
    this.needed = needed;
  }

  /** What the resync would have done. */
  public ResyncPlan plan() {
    return plan;
  }

  /** What has to be permitted for it. */
  DeletePermit needed() {
    return needed;
  }
}
