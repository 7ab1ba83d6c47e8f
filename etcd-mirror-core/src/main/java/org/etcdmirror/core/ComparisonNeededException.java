package org.etcdmirror.core;

import org.etcdmirror.api.Gap;

/** What a batch should lead to is only to be found by comparing source and sink. */
final class ComparisonNeededException extends Exception {

  private static final long serialVersionUID = 1L;

  private final Gap.Reason reason;

  ComparisonNeededException(Gap.Reason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  Gap.Reason reason() {
    return reason;
  }
}
