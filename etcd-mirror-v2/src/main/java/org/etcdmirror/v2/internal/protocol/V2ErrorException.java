package org.etcdmirror.v2.internal.protocol;

import java.io.IOException;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.etcdmirror.api.internal.DisplayText;
import org.jspecify.annotations.Nullable;

/** An error that etcd v2 itself reported, with its code. */
public final class V2ErrorException extends IOException {

  public static final int KEY_NOT_FOUND = 100;
  public static final int COMPARE_FAILED = 101;
  public static final int NOT_A_FILE = 102;
  public static final int NOT_A_DIRECTORY = 104;
  public static final int KEY_EXISTS = 105;
  public static final int DIRECTORY_NOT_EMPTY = 108;
  public static final int UNAUTHORIZED = 110;
  static final int RAFT_INTERNAL = 300;
  static final int LEADER_ELECTION = 301;
  public static final int EVENT_INDEX_CLEARED = 401;

  private static final long serialVersionUID = 1L;
  private static final Pattern OLDEST = Pattern.compile("\\[(\\d{1,18})/\\d+\\]");

  private final V2Error error;
  private final int status;
  private final String key;
  private final String endpoint;
  private final @Nullable String clusterId;

  public V2ErrorException(
      V2Error error, int status, String key, String endpoint, @Nullable String clusterId) {
    super(
        "%s: %s: %s (errorCode %d, cause '%s', index %d, HTTP %d)"
            .formatted(
                endpoint,
                DisplayText.of(key),
                DisplayText.of(error.message()),
                error.code(),
                DisplayText.of(error.cause()),
                error.index(),
                status));
    this.error = error;
    this.status = status;
    this.key = key;
    this.endpoint = endpoint;
    this.clusterId = clusterId;
  }

  /** The body of an error answer. */
  public record V2Error(int code, String message, String cause, long index) {}

  public int errorCode() {
    return error.code();
  }

  /** Whether there is nothing at the key; the answer bears the store's index all the same. */
  public boolean isAbsence() {
    return errorCode() == KEY_NOT_FOUND || errorCode() == NOT_A_DIRECTORY;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }

  /** The cause that etcd names: a key or a comparison, depending on the code. */
  String causeText() {
    return error.cause();
  }

  /** The store's index; 0 in errors that are found before the store is asked. */
  public long index() {
    return error.index();
  }

  /** The key that was asked for. */
  public String key() {
    return key;
  }

  public String endpoint() {
    return endpoint;
  }

  /** The cluster's id; null if the answer had none. */
  @Nullable
  public String clusterId() {
    return clusterId;
  }

  /** The oldest index still in history, where this is {@link #EVENT_INDEX_CLEARED} and says so. */
  public OptionalLong oldestIndex() {
    Matcher matcher = OLDEST.matcher(start(error.cause()));
    if (matcher.find()) {
      long oldest = Long.parseLong(matcher.group(1));
      // Anything else would report a gap that does not exist.
      return oldest <= error.index() + 1 ? OptionalLong.of(oldest) : OptionalLong.empty();
    }
    return OptionalLong.empty();
  }

  /** The start of a text, long enough for what etcd writes. A forged text may be longer. */
  private static String start(String text) {
    return text.substring(0, Math.min(text.length(), DisplayText.LIMIT));
  }

  /**
   * Whether it is etcd 3.5's way to say that it changes no directory, not even when that goes: it
   * has no code of its own for what etcd up to 3.4 does.
   */
  public boolean changesNoDirectory() {
    return errorCode() == RAFT_INTERNAL && causeText().contains("Not a file");
  }

  /** Whether the server failed, so that another one may do better and a write may have happened. */
  public boolean serverFailed() {
    return status >= 500 && !changesNoDirectory();
  }

  /** Whether the server refused before it did anything. */
  public boolean isRefusal() {
    return !serverFailed() || errorCode() == LEADER_ELECTION;
  }
}
