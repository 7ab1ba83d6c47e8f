package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2ErrorException;
import org.etcdmirror.v2.internal.protocol.V2ErrorException.V2Error;
import org.etcdmirror.v2.internal.protocol.V2Index;
import org.etcdmirror.v2.internal.protocol.V2Json;
import org.etcdmirror.v2.internal.protocol.V2ProtocolException;

/** Tells what kind of failure an answer other than success is. */
public final class V2Failures {

  /** Errors of etcd are short; a proxy's page may be long. */
  private static final long LONGEST_ERROR = 64 * 1024;

  private V2Failures() {}

  /**
   * The failure that a response stands for; the caller throws it and closes the response. A {@link
   * V2RefusedException} may be final; {@link V2Refusals} knows.
   *
   * @throws PermanentException if repeating will not help
   */
  static IOException of(Response response, String key) throws IOException {
    String body = response.peekBody(LONGEST_ERROR).string();
    String endpoint = V2Endpoints.text(response.request().url());
    V2Error error = V2Json.error(body);
    if (error == null) {
      return withoutCode(response, key, endpoint, body);
    }
    String clusterId = response.header(V2Headers.CLUSTER_ID);
    V2ErrorException failure =
        new V2ErrorException(error, response.code(), key, endpoint, clusterId);
    if (failure.isAbsence()) {
      requireIndex(response, failure);
    }
    if (isRefusal(response.code(), error.code())) {
      return new V2RefusedException(
          "%s (%s)".formatted(failure.getMessage(), V2Access.asker(response, key)),
          clusterId != null,
          failure);
    }
    if (isWrong(error.code())) {
      throw new PermanentException(String.valueOf(failure.getMessage()), failure);
    }
    return failure;
  }

  /** That there is nothing is believed as of an index, which the header tells as well. */
  private static void requireIndex(Response response, V2ErrorException absence)
      throws V2ProtocolException {
    String header = response.header(V2Headers.ETCD_INDEX);
    if (absence.index() == 0
        || (header != null && V2Index.of(V2Headers.ETCD_INDEX, header) != absence.index())) {
      throw new V2ProtocolException(
          "%s; header %s is '%s'"
              .formatted(
                  absence.getMessage(),
                  V2Headers.ETCD_INDEX,
                  header == null ? "missing" : V2Json.abbreviate(header)));
    }
  }

  /**
   * Whether etcd does not let a user in, or says that this key is not for the user: v2 tells these
   * not apart. It need not be final.
   */
  public static boolean isDenial(Exception failure) {
    Throwable refusal = failure instanceof PermanentException ? failure.getCause() : failure;
    return refusal instanceof V2RefusedException refused && refused.isDenial();
  }

  /** etcd answers 403 to what does not fit the data as well, such as 102, "Not a file". */
  private static boolean isRefusal(int status, int code) {
    return code == V2ErrorException.UNAUTHORIZED || status == 401 || status == 421;
  }

  private static boolean isRefusal(int status) {
    return status == 401 || status == 403 || status == 421;
  }

  /** The 200s say that the request itself is wrong. */
  private static boolean isWrong(int code) {
    return code >= 200 && code < 300;
  }

  private static IOException withoutCode(
      Response response, String key, String endpoint, String body) throws IOException {
    int status = response.code();
    String what = "%s: %s: HTTP %d".formatted(endpoint, key, status);
    if (status == 404 && isPlainText(response)) {
      return new V2NoApiException(
          "%s: the v2 API is disabled; start etcd with --enable-v2".formatted(endpoint),
          response.header(V2Headers.CLUSTER_ID) != null);
    }
    if (status == 413) {
      RequestBody sent = response.request().body();
      throw V2TooLargeException.refused(key, endpoint, sent == null ? 0 : sent.contentLength());
    }
    if (isRefusal(status)) {
      return new V2RefusedException(
          "%s: %s (%s)"
              .formatted(what, V2Json.abbreviate(body.strip()), V2Access.asker(response, key)),
          response.header(V2Headers.CLUSTER_ID) != null,
          null);
    }
    return new V2ProtocolException(what + " without an etcd v2 error: " + V2Json.abbreviate(body));
  }

  /** Go's own "not found" is plain text; a page in HTML comes from a proxy on the way. */
  private static boolean isPlainText(Response response) {
    String type = response.header("Content-Type");
    return type != null && type.startsWith("text/plain");
  }
}
