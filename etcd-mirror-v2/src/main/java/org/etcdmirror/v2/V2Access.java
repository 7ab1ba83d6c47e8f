package org.etcdmirror.v2;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import okhttp3.Credentials;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Says with each request who is asking. The password is read once, and again when a server does not
 * let it pass, so that it can be exchanged under a running mirror: in the file first, then in etcd.
 */
final class V2Access implements Interceptor {

  private static final String AUTHORIZATION = "Authorization";

  private final String user;
  private final Path passwordFile;
  private volatile @Nullable String known;

  V2Access(String user, Path passwordFile) {
    this.user = user;
    this.passwordFile = passwordFile;
  }

  /** Who asked, for the message of a refusal. */
  static String asker(Response response) {
    V2Access access = response.request().tag(V2Access.class);
    return access == null ? "no user is given" : "user '" + access.user + "'";
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
    try (var lines = Files.lines(passwordFile)) {
      String password = lines.findFirst().orElse("");
      String now = Credentials.basic(user, password, StandardCharsets.UTF_8);
      known = now;
      return now;
    } catch (IOException e) {
      throw new IOException(
          "cannot read the password of user '%s' from %s".formatted(user, passwordFile), e);
    }
  }
}
