package org.etcdmirror.v3.internal.client;

import io.grpc.Status;

/**
 * An endpoint answered what no etcd would: pages that go back, revisions that no cluster counted
 * to, times to live beyond range. It is a failure of that endpoint, so another one is asked.
 * Nothing of the answer is used, and of a write the outcome is unknown.
 */
public final class V3ProtocolException extends V3ErrorException {

  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param what what is wrong with the answer, with the key and the revision that show it
   */
  public V3ProtocolException(String method, String endpoint, String what) {
    super(
        "%s: invalid answer to a %s: %s".formatted(endpoint, V3Reason.operation(method), what),
        Status.INTERNAL,
        V3Problem.MEMBER_FAILED,
        endpoint,
        method);
  }
}
