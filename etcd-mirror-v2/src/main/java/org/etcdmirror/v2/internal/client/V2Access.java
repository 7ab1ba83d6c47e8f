package org.etcdmirror.v2.internal.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import okhttp3.Credentials;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.etcdmirror.api.internal.DisplayText;
import org.etcdmirror.api.tls.Access;
import org.jspecify.annotations.Nullable;

/**
 * Says with each request who is asking. The password is read once, and again when a server does not
 * let it pass, so that it can be exchanged under a running mirror: in the file first, then in etcd.
 */
final class V2Access implements Interceptor {

  private static final String AUTHORIZATION = "Authorization";

  private final String user;
  private final Access access;
  private volatile @Nullable String known;

  V2Access(String user, Access access) {
    this.user = user;
    this.access = access;
  }

  /**
   * Describes the user and the needed right, for the message of a refusal: etcd v2 does not tell a
   * wrong password from a missing right.
   */
  static String asker(Response response, String key) {
    Request request = response.request();
    V2Access access = request.tag(V2Access.class);
    String right = request.method().equals("GET") ? "read" : "write";
    String below = request.url().encodedPath().endsWith("/") ? "/*" : "";
    String grant =
        "%s on '%s'".formatted(right, DisplayText.of(key.equals("/") ? "/*" : key + below));
    return access == null
        ? "no user configured; it needs " + grant
        : "user '%s'; check its password, and that a role grants %s".formatted(access.user, grant);
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    String before = known;
    String first = before == null ? read() : before;
    Response response = chain.proceed(signed(chain.request(), first));
    if (response.code() != 401) {
      return response;
    }
    String second = read();
    if (second.equals(first)) {
      return response;
    }
    response.close();
    return chain.proceed(signed(chain.request(), second));
  }

  private Request signed(Request request, String authorization) {
    return request
        .newBuilder()
        .header(AUTHORIZATION, authorization)
        .tag(V2Access.class, this)
        .build();
  }

  private String read() throws IOException {
    String now = Credentials.basic(user, access.readPassword(), StandardCharsets.UTF_8);
    known = now;
    return now;
  }
}
