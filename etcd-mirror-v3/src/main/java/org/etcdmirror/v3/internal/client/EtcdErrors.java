package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * etcd's own errors by their whole text, for where a proxy has lost their code: {@code etcd
 * grpc-proxy} (3.4, 3.5) answers with UNKNOWN and the text alone. A text that is only similar is
 * not etcd's.
 */
final class EtcdErrors {

  private static final Map<String, Status.Code> CODES = new HashMap<>();

  static {
    all(
        Status.Code.INVALID_ARGUMENT,
        "etcdserver: key is not provided",
        "etcdserver: key not found",
        "etcdserver: value is provided",
        "etcdserver: lease is provided",
        "etcdserver: too many operations in txn request",
        "etcdserver: duplicate key given in txn request",
        "etcdserver: request is too large",
        "etcdserver: user name is empty",
        "etcdserver: authentication failed, invalid user ID or password",
        "etcdserver: invalid auth management",
        "etcdserver: revision of auth store is old",
        "auth: user name is empty",
        "auth: authentication failed, invalid user ID or password");
    all(
        Status.Code.OUT_OF_RANGE,
        "etcdserver: mvcc: required revision has been compacted",
        "etcdserver: mvcc: required revision is a future revision",
        "etcdserver: too large lease TTL");
    all(
        Status.Code.RESOURCE_EXHAUSTED,
        "etcdserver: mvcc: database space exceeded",
        "etcdserver: too many requests");
    all(Status.Code.NOT_FOUND, "etcdserver: requested lease not found");
    all(
        Status.Code.FAILED_PRECONDITION,
        "etcdserver: lease already exists",
        "etcdserver: user name not found",
        "etcdserver: role name not found",
        "etcdserver: authentication is not enabled",
        "etcdserver: not leader",
        "auth: authentication is not enabled");
    all(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied", "auth: permission denied");
    all(
        Status.Code.UNAUTHENTICATED,
        "etcdserver: invalid auth token",
        "auth: invalid auth token",
        "auth: revision in header is old");
    all(
        Status.Code.UNAVAILABLE,
        "etcdserver: no leader",
        "etcdserver: leader changed",
        "etcdserver: not capable",
        "etcdserver: server stopped",
        "etcdserver: request timed out",
        "etcdserver: request timed out, possibly due to previous leader failure",
        "etcdserver: request timed out, possibly due to connection lost",
        "etcdserver: request timed out, waiting for the applied index took too long",
        "etcdserver: unhealthy cluster",
        "etcdserver: rpc not supported for learner");
    all(Status.Code.DATA_LOSS, "etcdserver: corrupt cluster");
    all(Status.Code.DEADLINE_EXCEEDED, "context deadline exceeded");
  }

  private EtcdErrors() {}

  private static void all(Status.Code code, String... texts) {
    for (String text : texts) {
      CODES.put(text, code);
    }
  }

  /**
   * Whether a text is etcd's, or that of its gRPC server where it lacks one of etcd's methods. A
   * proxy may have copied it.
   */
  static boolean isText(Status status) {
    String text = status.getDescription();
    return text != null
        && (CODES.containsKey(text)
            || (text.startsWith("unknown ") && text.contains("service etcdserverpb.")));
  }

  /** The same with the code that belongs to its text, if it has none. */
  static Status restored(Status status) {
    Status.Code code = status.getCode() == Status.Code.UNKNOWN ? code(status) : null;
    return code == null
        ? status
        : code.toStatus().withDescription(status.getDescription()).withCause(status.getCause());
  }

  private static Status.@Nullable Code code(Status status) {
    String text = status.getDescription();
    return text == null ? null : CODES.get(text);
  }
}
