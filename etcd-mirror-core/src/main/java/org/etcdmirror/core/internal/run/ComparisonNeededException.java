package org.etcdmirror.core.internal.run;

import org.etcdmirror.api.Gap;

/** What a batch should lead to is only to be found by comparing source and sink. */
public final class ComparisonNeededException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Gap.Reason reason;

  public ComparisonNeededException(Gap.Reason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  public Gap.Reason reason() {
    return reason;
  }
}
