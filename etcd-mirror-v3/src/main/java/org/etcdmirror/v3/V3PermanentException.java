package org.etcdmirror.v3;

import io.grpc.Status;
import org.etcdmirror.api.PermanentException;

/** An error of etcd that the same request will always meet. */
final class V3PermanentException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final V3Problem problem;

  V3PermanentException(String message, Status status, V3Problem problem) {
    super(message, status.getCause());
    this.code = status.getCode();
    this.problem = problem;
  }

  Status.Code code() {
    return code;
  }

  V3Problem problem() {
    return problem;
  }

  boolean tooManyOperations() {
    return problem == V3Problem.TOO_MANY_OPERATIONS;
  }

  boolean tooLarge() {
    return problem == V3Problem.TOO_LARGE;
  }
}
