package org.etcdmirror.v3.internal.client;

import io.grpc.Status;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why the server canceled a watch. It tells that as a text, which holds a gRPC error where the
 * watch was refused.
 */
public final class CancelReason {

  private static final Pattern ERROR = Pattern.compile("code = (\\w+) desc = (.*)", Pattern.DOTALL);
  private static final Pattern WORD_START = Pattern.compile("(?<=[a-z])(?=[A-Z])");

  /** Far more than etcd writes there; what is behind says nothing about the error. */
  private static final int LONGEST = 2_000;

  private CancelReason() {}

  /** The error in the text, or whose text it is; UNKNOWN if there is none. */
  public static Status status(String reason) {
    String start = reason.substring(0, Math.min(reason.length(), LONGEST));
    Matcher error = ERROR.matcher(start);
    Status status =
        error.find()
            ? code(error.group(1)).toStatus().withDescription(error.group(2))
            : Status.UNKNOWN.withDescription(start);
    Status known = EtcdErrors.restored(status);
    return known.getCode() == Status.Code.UNKNOWN
        ? known.withDescription(
            start.isBlank()
                ? "the watch was canceled without a reason"
                : "the watch was canceled: " + known.getDescription())
        : known;
  }

  /** Go spells a code PermissionDenied, and has one L in Canceled. */
  private static Status.Code code(String name) {
    String upper = WORD_START.matcher(name).replaceAll("_").toUpperCase(Locale.ROOT);
    for (Status.Code code : Status.Code.values()) {
      if (code.name().equals(upper)) {
        return code;
      }
    }
    return upper.equals("CANCELED") ? Status.Code.CANCELLED : Status.Code.UNKNOWN;
  }
}
