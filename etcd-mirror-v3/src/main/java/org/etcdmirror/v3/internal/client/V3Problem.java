package org.etcdmirror.v3.internal.client;

/** The kind of an error, as far as the program acts on it. */
public enum V3Problem {
  COMPACTED,
  FUTURE_REVISION,
  TOO_MANY_OPERATIONS,
  TOO_LARGE,
  NO_SPACE,
  LEASE_NOT_FOUND,
  LEASE_EXISTS,
  PERMISSION_DENIED,
  WRONG_CREDENTIALS,
  /** The token is not or no longer good; a new one may be. */
  STALE_TOKEN,
  /** The cluster has no authentication. */
  AUTH_NOT_ENABLED,
  /** An answer has more bytes than were asked for; it was not read. */
  ANSWER_TOO_LARGE,
  /** This member can't serve; another one may. */
  MEMBER_FAILED,
  /** The method is not there: an older etcd. */
  UNKNOWN_METHOD,
  OTHER;

  /** Whether a user is not let in, has no right, or the API is not there. */
  boolean isRefusal() {
    return this == PERMISSION_DENIED
        || this == WRONG_CREDENTIALS
        || this == STALE_TOKEN
        || this == UNKNOWN_METHOD;
  }
}
