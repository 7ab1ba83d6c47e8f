package org.etcdmirror.core;

import org.etcdmirror.api.Gap;
import org.etcdmirror.api.PermanentException;

/** A gap was found and the recovery policy decided to stop. */
public final class GapException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final transient Gap gap;

  /** A gap that the policy refused. */
  public GapException(Gap gap) {
    super(
        gap.describe()
            + "; the recovery policy is to stop here. Each run finds this again, until one compares or skips");
    this.gap = gap;
  }

  /** The gap. */
  public Gap gap() {
    return gap;
  }
}
