package org.etcdmirror.v2;

import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.jspecify.annotations.Nullable;

/**
 * A request for one key, to be sent to any endpoint.
 *
 * @param method the HTTP method
 * @param key the key
 * @param query what stands behind the question mark; empty for nothing
 * @param body the form of a write
 * @param repeatable whether it does no harm to send it again after it may have been carried out
 */
record V2Request(
    String method, String key, String query, @Nullable RequestBody body, boolean repeatable) {

  private static final String KEYS = "/v2/keys";

  /** {@code recursive} is part of the query, and asks for the trailing slash as well. */
  private static final String RECURSIVE = "recursive=true";

  static V2Request get(String key, String query) {
    return new V2Request("GET", key, query, null, true);
  }

  static V2Request tree(String key) {
    return get(key, RECURSIVE + "&quorum=true");
  }

  static V2Request put(String key, V2Form form) {
    return new V2Request("PUT", key, "", form.build(), true);
  }

  /** A write that compares: after a lost answer a repetition would fail on its own effect. */
  static V2Request compareAndPut(String key, V2Form form) {
    return new V2Request("PUT", key, "", form.build(), false);
  }

  static V2Request delete(String key, String query) {
    return new V2Request("DELETE", key, query, null, true);
  }

  Request at(HttpUrl endpoint) {
    HttpUrl.Builder url = endpoint.newBuilder().encodedPath(encodedPath());
    if (!query.isEmpty()) {
      url.encodedQuery(query);
    }
    return new Request.Builder().url(url.build()).method(method, body).build();
  }

  /**
   * A recursive read ends in a slash, without which v2's permissions of the form /a/* refuse it.
   */
  private String encodedPath() {
    String path = KEYS + V2Paths.encode(V2Paths.checked(key));
    boolean slash = method.equals("GET") && query.contains(RECURSIVE) && !path.endsWith("/");
    return slash ? path + "/" : path;
  }

  @Override
  public String toString() {
    return method + " " + key;
  }
}
