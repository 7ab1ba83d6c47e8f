package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import org.etcdmirror.api.PermanentException;

/** An error of etcd that the same request will always meet. */
public final class V3PermanentException extends PermanentException {

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final V3Problem problem;
  private final boolean outcomeUnknown;
  private final boolean etcdsText;

  V3PermanentException(String message, Status status, V3Problem problem) {
    super(message, status.getCause());
    this.code = status.getCode();
    this.problem = problem;
    this.outcomeUnknown = V3Failures.outcomeUnknown(status);
    this.etcdsText = EtcdErrors.isText(status);
  }

  private V3PermanentException(String message, V3PermanentException same) {
    super(message, same.getCause());
    this.code = same.code;
    this.problem = same.problem;
    this.outcomeUnknown = same.outcomeUnknown;
    this.etcdsText = same.etcdsText;
  }

  /** The same with more text. */
  V3PermanentException with(String note) {
    return note.isEmpty() ? this : new V3PermanentException(getMessage() + note, this);
  }

  /** The same where it may be gone later. */
  V3ErrorException passing(String note, String endpoint, String method) {
    Status status = code.toStatus().withCause(getCause());
    return new V3ErrorException(getMessage() + note, status, problem, endpoint, method);
  }

  /** Whether it is etcd's text, be it copied or not. */
  boolean isEtcdsText() {
    return etcdsText;
  }

  Status.Code code() {
    return code;
  }

  public V3Problem problem() {
    return problem;
  }

  /** Whether a write may have been applied all the same. */
  boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  public boolean tooManyOperations() {
    return problem == V3Problem.TOO_MANY_OPERATIONS;
  }

  public boolean tooLarge() {
    return problem == V3Problem.TOO_LARGE;
  }
}
