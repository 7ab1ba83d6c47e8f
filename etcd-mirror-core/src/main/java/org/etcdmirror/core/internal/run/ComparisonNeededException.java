package org.etcdmirror.core.internal.run;

import org.etcdmirror.api.Gap;

/** Only a comparison of source and sink can find the effect of a batch. */
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
