package org.etcdmirror.v3;

import io.grpc.Status;
import org.etcdmirror.api.PermanentException;

/** An error of etcd that the same request will always meet. */
final class V3PermanentException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final V3Problem problem;
  private final boolean outcomeUnknown;

  V3PermanentException(String message, Status status, V3Problem problem) {
    super(message, status.getCause());
    this.code = status.getCode();
    this.problem = problem;
    this.outcomeUnknown = V3Failures.outcomeUnknown(status);
  }

  Status.Code code() {
    return code;
  }

  V3Problem problem() {
    return problem;
  }

  /** Whether a write may have been applied all the same. */
  boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  boolean tooManyOperations() {
    return problem == V3Problem.TOO_MANY_OPERATIONS;
  }

  boolean tooLarge() {
    return problem == V3Problem.TOO_LARGE;
  }
}
