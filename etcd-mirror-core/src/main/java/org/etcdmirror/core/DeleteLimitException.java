package org.etcdmirror.core;

import org.etcdmirror.api.PermanentException;

/** A resync would delete more than the {@link DeleteLimit} allows. Nothing was deleted. */
public class DeleteLimitException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final transient ResyncPlan plan;

  /**
   * A resync that needs a person.
   *
   * @param plan what it would have done
   */
  public DeleteLimitException(String message, ResyncPlan plan) {
    super(message);
    this.plan = plan;
  }

  /** What the resync would have done. */
  public ResyncPlan plan() {
    return plan;
  }
}
