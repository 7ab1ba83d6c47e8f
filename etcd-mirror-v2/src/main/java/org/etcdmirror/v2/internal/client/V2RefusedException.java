package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.List;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.jspecify.annotations.Nullable;

/**
 * A server, or something on the way to it, does not let a request in. It may be gone later; {@link
 * V2Refusals} say when it is final. Nothing was done.
 */
public class V2RefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final boolean byEtcd;

  /**
   * A refusal.
   *
   * @param byEtcd whether the answer bears etcd's own header
   * @param error the error of etcd v2, if there is one, be it copied or not
   */
  V2RefusedException(String message, boolean byEtcd, @Nullable V2ErrorException error) {
    super(message, error);
    this.byEtcd = byEtcd;
  }

  /** Whether it is certain that etcd itself refused. */
  final boolean isByEtcd() {
    return byEtcd;
  }

  /** Whether etcd itself does not let a user in, or says that this key is not for the user. */
  final boolean isDenial() {
    return byEtcd && getCause() instanceof V2ErrorException;
  }

  /** Joins the refusals of several endpoints to the same request. */
  static V2RefusedException all(String message, List<IOException> refusals) {
    V2RefusedException last = (V2RefusedException) refusals.get(refusals.size() - 1);
    boolean denied = refusals.stream().allMatch(one -> ((V2RefusedException) one).isDenial());
    return new V2RefusedException(message, denied, (V2ErrorException) last.getCause());
  }

  /** The same with more text. */
  V2RefusedException with(String note) {
    return new V2RefusedException(getMessage() + note, byEtcd, (V2ErrorException) getCause());
  }
}
