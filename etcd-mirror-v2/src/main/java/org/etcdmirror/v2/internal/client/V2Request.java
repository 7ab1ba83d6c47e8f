package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import okhttp3.HttpUrl;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.OutcomeUnknownException;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.api.internal.Refusals;
import org.etcdmirror.v2.internal.connection.V2Endpoints;
import org.etcdmirror.v2.internal.protocol.V2Form;
import org.etcdmirror.v2.internal.protocol.V2Paths;
import org.jspecify.annotations.Nullable;

/**
 * A request for one key, to be sent to any endpoint.
 *
 * @param method the HTTP method
 * @param key the key
 * @param query what stands behind the question mark; empty for nothing
 * @param body the form of a write
 */
public record V2Request(String method, String key, String query, @Nullable RequestBody body) {

  private static final String KEYS = "/v2/keys";

  /** Part of a query that asks for the trailing slash as well. */
  private static final String RECURSIVE = "recursive=";

  /** Part of a query that waits for an event. */
  private static final String WAIT = "wait=true";

  public static V2Request get(String key, String query) {
    return new V2Request("GET", key, query, null);
  }

  public static V2Request tree(String key) {
    return get(key, "recursive=true&quorum=true");
  }

  /** The key itself; of a directory one level. */
  public static V2Request level(String key) {
    return get(key, "recursive=false&quorum=true");
  }

  /** A watch of a tree that goes on after the first event. */
  public static V2Request watch(String key, OptionalLong waitIndex) {
    String from = waitIndex.isPresent() ? "&waitIndex=" + waitIndex.getAsLong() : "";
    return get(key, "wait=true&recursive=true&stream=true" + from);
  }

  /** The first event at or after an index, of the key alone or of its whole tree. */
  public static V2Request firstEvent(String key, long waitIndex, boolean recursive) {
    return get(key, "wait=true" + (recursive ? "&recursive=true" : "") + "&waitIndex=" + waitIndex);
  }

  public static V2Request put(String key, V2Form form) {
    return new V2Request("PUT", key, "", form.build());
  }

  public static V2Request delete(String key, String query) {
    return new V2Request("DELETE", key, query, null);
  }

  /**
   * Whether it may change something, so that it must not be sent again while it may be under way.
   */
  boolean changes() {
    return !method.equals("GET");
  }

  /** The kind of right that it needs. */
  Refusals.Work work() {
    if (changes()) {
      return Refusals.Work.WRITE;
    }
    return query.contains(WAIT) ? Refusals.Work.WATCH : Refusals.Work.READ;
  }

  /** Identifies the request when it is repeated, whatever index it names. */
  String asked() {
    return work() + " " + method + " " + key + (query.contains(RECURSIVE) ? "/" : "");
  }

  /** The exception for a request that was sent to an endpoint and whose outcome is unknown. */
  OutcomeUnknownException unknown(HttpUrl endpoint, IOException failure) {
    boolean tree = method.equals("DELETE") && query.contains("recursive=true");
    return new OutcomeUnknownException(
        failure.getMessage() + "; the server may still execute the request",
        List.of(
            new OutcomeUnknownException.Touched(Bytes.utf8(key), tree, V2Endpoints.text(endpoint))),
        failure);
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
    return method + " " + DisplayText.of(key);
  }
}
