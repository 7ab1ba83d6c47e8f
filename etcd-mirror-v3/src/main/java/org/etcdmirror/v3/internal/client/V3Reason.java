package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/**
 * Writes the message of a failed call: the endpoint, what failed, and why. Names of gRPC, of Netty
 * and of exceptions stay out of it. Texts are read for the message only; {@link V3Failures}
 * decides.
 */
final class V3Reason {

  private static final Map<String, String> OPERATIONS =
      Map.of(
          "Range", "read",
          "RangeStream", "read",
          "Txn", "transaction",
          "Watch", "watch",
          "LeaseGrant", "lease grant",
          "LeaseRevoke", "lease revoke",
          "LeaseKeepAlive", "lease keep-alive",
          "LeaseTimeToLive", "lease query",
          "Authenticate", "login");

  /** The text of TLS names two certificates. */
  private static final int LONGEST_TLS = 1_000;

  private static final Pattern DEADLINE =
      Pattern.compile("deadline exceeded after (\\d+\\.\\d)\\d*s", Pattern.CASE_INSENSITIVE);

  /** The native transport begins its errors with the call that failed. */
  private static final Pattern SYSTEM_CALL =
      Pattern.compile("^\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");

  private static final String PIPELINE = "Channel Pipeline:";

  /** Behind it, gRPC lists the classes that handle the connection. */
  private static final String CLOSED_EARLY =
      "Connection closing while performing protocol negotiation";

  /** So gRPC shows an answer that begins with {@code HTTP/}. */
  private static final String HTTP_1 = "Hex dump for first 5 bytes: 485454502f";

  private V3Reason() {}

  /** The name of a method in a message. */
  static String operation(String method) {
    String name = method.substring(method.lastIndexOf('/') + 1);
    return OPERATIONS.getOrDefault(name, name);
  }

  /**
   * The message.
   *
   * @param rights what the request needs, as {@link V3Rights} says it; asked for after a denial
   *     only
   */
  static String message(
      Status status,
      V3Problem problem,
      String endpoint,
      String method,
      @Nullable String user,
      Supplier<String> rights) {
    return endpoint + ": " + reason(status, problem, operation(method), user, rights);
  }

  private static String reason(
      Status status,
      V3Problem problem,
      String operation,
      @Nullable String user,
      Supplier<String> rights) {
    String failed = operation + " failed: ";
    if (ProxyPage.is(status)) {
      return failed + ProxyPage.explained(status);
    }
    if (V3Tls.isExplained(status)) {
      return DisplayText.of(status.getDescription(), LONGEST_TLS);
    }
    String who = user == null ? "no user configured" : "user '%s'".formatted(user);
    return switch (problem) {
      case PERMISSION_DENIED -> failed + text(status) + " (" + who + rights.get() + ")";
      case WRONG_CREDENTIALS, STALE_TOKEN -> failed + text(status) + " (" + who + ")";
      case NO_SPACE -> failed + text(status) + "; free space there and disarm the NOSPACE alarm";
      default -> {
        String connection = connection(status);
        yield connection == null ? failed + text(status) : connection;
      }
    };
  }

  /** Why there is no connection, or no login; null if that is not the failure. */
  private static @Nullable String connection(Status status) {
    Throwable root = V3Failures.rootCause(status);
    if (root instanceof UnknownHostException) {
      return "unknown host: " + DisplayText.of(root.getMessage());
    }
    if (status.getCode() != Status.Code.UNAVAILABLE || !(root instanceof IOException)) {
      return null;
    }
    Throwable cause = status.getCause();
    if (status.getDescription() == null && cause != null) {
      // Only a login that could not begin fails without a description.
      return "login failed: " + said(cause);
    }
    String said = said(root);
    if (!(root instanceof ConnectException)) {
      return null;
    }
    return said.toLowerCase(Locale.ROOT).contains("refused")
        ? "connection refused"
        : "connection failed: " + said;
  }

  private static String said(Throwable root) {
    String message = root.getMessage();
    return message == null
        ? root.getClass().getSimpleName()
        : DisplayText.of(SYSTEM_CALL.matcher(message).replaceFirst(""));
  }

  private static String text(Status status) {
    String description = status.getDescription();
    if (description == null || description.isEmpty()) {
      return status.getCode().toString();
    }
    Matcher deadline = DEADLINE.matcher(description);
    if (deadline.find()) {
      return "no answer within %s s".formatted(deadline.group(1));
    }
    if (description.contains("Network closed") || description.startsWith(CLOSED_EARLY)) {
      return "the server closed the connection";
    }
    Throwable root = V3Failures.rootCause(status);
    String said = root == null || root.getMessage() == null ? "" : ": " + said(root);
    if (said.endsWith(HTTP_1)) {
      return "not an answer of etcd, but one in HTTP/1.1, perhaps of a proxy";
    }
    int pipeline = description.indexOf(PIPELINE);
    String text = pipeline < 0 ? description : description.substring(0, pipeline).strip();
    return (text.equals("io exception") ? "connection lost" : DisplayText.of(text)) + said;
  }
}
