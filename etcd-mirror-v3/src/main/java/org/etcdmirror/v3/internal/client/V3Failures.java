package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.etcdmirror.api.DisplayText;
import org.etcdmirror.api.PermanentException;
import org.jspecify.annotations.Nullable;

/**
 * Tells etcd's failures apart: by code, and by text where one code stands for several of them, or
 * where a proxy has lost the code ({@link EtcdErrors}).
 */
public final class V3Failures {

  private static final Set<Status.Code> HOPELESS =
      Set.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.OUT_OF_RANGE,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.NOT_FOUND,
          Status.Code.ALREADY_EXISTS,
          Status.Code.DATA_LOSS,
          Status.Code.UNIMPLEMENTED);

  private static final Set<V3Problem> PERMANENT =
      Set.of(
          V3Problem.TOO_MANY_OPERATIONS,
          V3Problem.TOO_LARGE,
          V3Problem.PERMISSION_DENIED,
          V3Problem.WRONG_CREDENTIALS,
          V3Problem.UNKNOWN_METHOD);

  /** It names two certificates. */
  private static final int LONGEST_TLS = 1_000;

  private V3Failures() {}

  /** An {@link IOException} or a {@link PermanentException}. */
  static Exception of(Status answered, String endpoint, String method, @Nullable String user) {
    Status status = EtcdErrors.restored(answered);
    Throwable cause = status.getCause();
    if (cause instanceof V3ErrorException failedLogin) {
      return failedLogin;
    }
    if (cause instanceof PermanentException failedLogin) {
      return failedLogin;
    }
    V3Problem problem = problem(status);
    String message = "%s at %s: %s".formatted(method, endpoint, explain(status, problem, user));
    boolean noUser = problem == V3Problem.STALE_TOKEN && user == null;
    return noUser || isPermanent(status, problem)
        ? new V3PermanentException(message, status, problem)
        : new V3ErrorException(message, status, problem, endpoint, method);
  }

  /** Whether the user lacks the right; it need not be final. */
  public static boolean isDenial(Exception failure) {
    return (failure instanceof V3PermanentException permanent
            && permanent.problem() == V3Problem.PERMISSION_DENIED)
        || (failure instanceof V3ErrorException passing
            && passing.problem() == V3Problem.PERMISSION_DENIED);
  }

  private static boolean isPermanent(Status status, V3Problem problem) {
    return PERMANENT.contains(problem)
        || (problem == V3Problem.OTHER && HOPELESS.contains(status.getCode()));
  }

  public static V3Problem problem(Status answered) {
    if (ProxyPage.is(answered)) {
      return V3Problem.MEMBER_FAILED;
    }
    Status status = EtcdErrors.restored(answered);
    String text = text(status);
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL -> V3Problem.MEMBER_FAILED;
      case UNKNOWN ->
          text.contains("context deadline exceeded") ? V3Problem.MEMBER_FAILED : V3Problem.OTHER;
      case OUT_OF_RANGE ->
          text.contains("has been compacted")
              ? V3Problem.COMPACTED
              : text.contains("future revision") ? V3Problem.FUTURE_REVISION : V3Problem.OTHER;
      case RESOURCE_EXHAUSTED -> resourceExhausted(text);
      case INVALID_ARGUMENT -> invalidArgument(text);
      case UNAUTHENTICATED -> V3Problem.STALE_TOKEN;
      case PERMISSION_DENIED -> V3Problem.PERMISSION_DENIED;
      case FAILED_PRECONDITION -> failedPrecondition(text);
      case NOT_FOUND ->
          text.contains("lease not found") ? V3Problem.LEASE_NOT_FOUND : V3Problem.OTHER;
      case UNIMPLEMENTED -> V3Problem.UNKNOWN_METHOD;
      default -> V3Problem.OTHER;
    };
  }

  private static V3Problem invalidArgument(String text) {
    if (text.contains("too many operations")) {
      return V3Problem.TOO_MANY_OPERATIONS;
    }
    if (text.contains("request is too large")) {
      return V3Problem.TOO_LARGE;
    }
    if (text.contains("authentication failed")) {
      return V3Problem.WRONG_CREDENTIALS;
    }
    // The user name is empty if authentication was enabled after a call without a token.
    return text.contains("auth store is old") || text.contains("user name is empty")
        ? V3Problem.STALE_TOKEN
        : V3Problem.OTHER;
  }

  private static V3Problem resourceExhausted(String text) {
    if (text.contains("database space exceeded")) {
      return V3Problem.NO_SPACE;
    }
    if (text.contains("larger than max")) {
      return V3Problem.TOO_LARGE;
    }
    // gRPC's own word, here.
    return text.contains("exceeds maximum size") ? V3Problem.ANSWER_TOO_LARGE : V3Problem.OTHER;
  }

  private static V3Problem failedPrecondition(String text) {
    if (text.contains("lease already exists")) {
      return V3Problem.LEASE_EXISTS;
    }
    if (text.contains("authentication is not enabled")) {
      return V3Problem.AUTH_NOT_ENABLED;
    }
    if (text.contains("user name not found")) {
      return V3Problem.WRONG_CREDENTIALS;
    }
    return text.contains("learner") || text.contains("not capable")
        ? V3Problem.MEMBER_FAILED
        : V3Problem.OTHER;
  }

  /** Whether a write that failed like this may still be applied later. */
  public static boolean outcomeUnknown(Status answered) {
    Status status = EtcdErrors.restored(answered);
    if (ProxyPage.is(status)) {
      return true;
    }
    return switch (status.getCode()) {
      case UNAVAILABLE ->
          !text(status).endsWith("no leader") && !(rootCause(status) instanceof ConnectException);
      case UNKNOWN, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, ABORTED, DATA_LOSS -> true;
      // The answer to what was done, and not what was sent. NOSPACE is no refusal either: the write
      // that fills the database is done (etcd 3.4 and 3.5). But nothing of it happens later, so
      // that the fence need not move, which it could not do without space.
      case RESOURCE_EXHAUSTED -> problem(status) == V3Problem.ANSWER_TOO_LARGE;
      default -> false;
    };
  }

  /** The same of what a call has failed with; true for anything that is no word of etcd's. */
  public static boolean outcomeUnknown(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof V3ErrorException error) {
      return error.outcomeUnknown();
    }
    return !(cause instanceof V3PermanentException refused) || refused.outcomeUnknown();
  }

  private static String explain(Status status, V3Problem problem, @Nullable String user) {
    if (ProxyPage.is(status)) {
      return ProxyPage.explained(status);
    }
    String who = user == null ? "no user is given" : "user '%s'".formatted(user);
    String detail =
        switch (problem) {
          case PERMISSION_DENIED, WRONG_CREDENTIALS, STALE_TOKEN -> " (" + who + ")";
          case NO_SPACE -> "; free space there and disarm the NOSPACE alarm";
          default -> "";
        };
    if (V3Tls.isExplained(status)) {
      return status.getCode() + " " + DisplayText.of(text(status), LONGEST_TLS) + detail;
    }
    Throwable root = rootCause(status);
    String reason =
        root == null || root.getMessage() == null ? "" : ": " + DisplayText.of(root.getMessage());
    return status.getCode() + " " + DisplayText.of(text(status)) + reason + detail;
  }

  private static String text(Status status) {
    String description = status.getDescription();
    return description == null ? "" : description;
  }

  private static @Nullable Throwable rootCause(Status status) {
    Throwable root = status.getCause();
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
