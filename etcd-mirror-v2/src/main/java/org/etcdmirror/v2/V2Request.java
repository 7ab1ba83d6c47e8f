package org.etcdmirror.v2;

import java.util.OptionalLong;
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

  /** Part of a query that asks for the trailing slash as well. */
  private static final String RECURSIVE = "recursive=";

  static V2Request get(String key, String query) {
    return new V2Request("GET", key, query, null, true);
  }

  static V2Request tree(String key) {
    return get(key, "recursive=true&quorum=true");
  }

  /** The key itself; of a directory one level. */
  static V2Request level(String key) {
    return get(key, "recursive=false&quorum=true");
  }

  /** A watch of a tree that goes on after the first event. */
  static V2Request watch(String key, OptionalLong waitIndex) {
    String from = waitIndex.isPresent() ? "&waitIndex=" + waitIndex.getAsLong() : "";
    return get(key, "wait=true&recursive=true&stream=true" + from);
  }

  /** The first event at or after an index, of the key alone or of its whole tree. */
  static V2Request firstEvent(String key, long waitIndex, boolean recursive) {
    return get(key, "wait=true" + (recursive ? "&recursive=true" : "") + "&waitIndex=" + waitIndex);
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
   * A read of what may be a prefix ends in a slash, without which v2's permissions of the form /a/*
   * refuse it.
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
