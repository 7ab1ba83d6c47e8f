package org.etcdmirror.core.internal.resync;

import org.etcdmirror.core.DeleteLimitException;
import org.etcdmirror.core.ResyncPlan;

/** Deletes that need a person, and what that person would have to permit. */
public final class RefusedDeletes extends DeleteLimitException {

  private static final long serialVersionUID = 1L;

  private final transient DeletePermit needed;

  public RefusedDeletes(String message, ResyncPlan plan, DeletePermit needed) {
    super(message, plan);
    this.needed = needed;
  }

  /** The permit that the deletes need. */
  public DeletePermit needed() {
    return needed;
  }
}
