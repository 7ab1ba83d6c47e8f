package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import java.io.IOException;

/** An error of etcd, or of the way to it, that may be gone later. */
public sealed class V3ErrorException extends IOException permits V3ProtocolException {

  private static final long serialVersionUID = 1L;

  private final Status.Code code;
  private final V3Problem problem;
  private final String endpoint;
  private final String method;
  private final boolean outcomeUnknown;

  V3ErrorException(
      String message, Status status, V3Problem problem, String endpoint, String method) {
    super(message, status.getCause());
    this.code = status.getCode();
    this.problem = problem;
    this.endpoint = endpoint;
    this.method = method;
    this.outcomeUnknown = V3Failures.outcomeUnknown(status);
  }

  Status.Code code() {
    return code;
  }

  public V3Problem problem() {
    return problem;
  }

  public String endpoint() {
    return endpoint;
  }

  String method() {
    return method;
  }

  /** Whether a write may have been applied all the same. */
  boolean outcomeUnknown() {
    return outcomeUnknown;
  }

  public boolean compacted() {
    return problem == V3Problem.COMPACTED;
  }

  public boolean futureRevision() {
    return problem == V3Problem.FUTURE_REVISION;
  }

  public boolean leaseNotFound() {
    return problem == V3Problem.LEASE_NOT_FOUND;
  }

  public boolean leaseExists() {
    return problem == V3Problem.LEASE_EXISTS;
  }
}
