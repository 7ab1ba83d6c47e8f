package org.etcdmirror.simulation.model;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.Request;
import okhttp3.RequestBody;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A request of the keys API.
 *
 * @param parameters of the query and of the form
 */
record V2Request(String method, String key, Map<String, String> parameters) {

  private static final String KEYS = "/v2/keys";
  private static final String SYNC = "SYNC";
  private static final String EXPIRES = "expires";

  static boolean isOne(Request http) {
    return http.url().encodedPath().startsWith(KEYS);
  }

  static V2Request of(Request http) throws IOException {
    String path = http.url().encodedPath().substring(KEYS.length());
    String key = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    while (key.length() > 1 && key.endsWith("/")) {
      key = key.substring(0, key.length() - 1);
    }
    Map<String, String> parameters = new TreeMap<>();
    add(parameters, http.url().encodedQuery());
    RequestBody body = http.body();
    if (body != null) {
      Buffer form = new Buffer();
      body.writeTo(form);
      add(parameters, form.readUtf8());
    }
    return new V2Request(http.method(), key.isEmpty() ? V2Store.ROOT : key, parameters);
  }

  private static void add(Map<String, String> parameters, @Nullable String form) {
    if (form == null || form.isEmpty()) {
      return;
    }
    for (String field : form.split("&", -1)) {
      int equals = field.indexOf('=');
      parameters.put(
          field.substring(0, equals),
          URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
    }
  }

  /** The removal of what has expired by a time. */
  static V2Request sync(long now) {
    return new V2Request(SYNC, V2Store.ROOT, Map.of("now", Long.toString(now)));
  }

  boolean isSync() {
    return method.equals(SYNC);
  }

  /** With the time at which it expires, as the member counts that it was sent to. */
  V2Request at(long now) {
    if (text("ttl").isEmpty()) {
      return this;
    }
    Map<String, String> all = new TreeMap<>(parameters);
    all.put(EXPIRES, Long.toString(now + number("ttl") * 1_000_000_000L));
    return new V2Request(method, key, all);
  }

  long expires() {
    return has(EXPIRES) ? number(EXPIRES) : V2Node.NEVER;
  }

  boolean is(String flag) {
    return "true".equals(parameters.get(flag));
  }

  boolean has(String name) {
    return parameters.containsKey(name);
  }

  String text(String name) {
    return parameters.getOrDefault(name, "");
  }

  long number(String name) {
    return Long.parseLong(parameters.getOrDefault(name, "0"));
  }

  boolean isRead() {
    return method.equals("GET");
  }

  /** A watch; a quorum read drops the wait. */
  boolean waits() {
    return isRead() && is("wait") && !is("quorum");
  }

  /** Whether it goes through the log of its cluster. */
  boolean isProposed() {
    return !isRead() || is("quorum");
  }

  @Override
  public String toString() {
    return method + " " + key + " " + parameters;
  }
}
