package org.etcdmirror.service.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Headers;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.etcdmirror.service.config.PageAccess;
import org.etcdmirror.service.config.TestPageAccess;
import org.etcdmirror.service.http.Admission.Admitted;
import org.etcdmirror.service.http.Admission.Refused;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may act. */
class GuardTest {

  private static final String TOKEN = "0123456789abcdef";

  private final Path file;
  private final Headers headers = new Headers();

  GuardTest(@TempDir Path directory) {
    this.file = directory.resolve("token");
    headers.set("Host", "mirror.example:8000");
  }

  private Admission judge(String client) throws Exception {
    return new Guard(PageAccess.LOCAL)
        .judge(new ActRequest(InetAddress.getByName(client), headers, List.of()));
  }

  private Admission judgeWithToken(String client) throws Exception {
    Guard guard = new Guard(TestPageAccess.withToken(file, TOKEN));
    return guard.judge(new ActRequest(InetAddress.getByName(client), headers, List.of()));
  }

  private static int code(Admission admission) {
    return admission instanceof Refused refused ? refused.code() : 200;
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 200",
    "127.8.8.8, 200",
    "::1, 200",
    "10.1.2.3, 403",
    "fe80::1, 403",
    "0.0.0.0, 403"
  })
  void withoutATokenOnlyThisMachineMayAct(String client, int code) throws Exception {
    assertThat(code(judge(client))).isEqualTo(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Forwarded", "Via", "X-Forwarded-For", "X-Real-IP", "x-forwarded-host"})
  void withoutATokenAProxyOnThisMachineMayNotAct(String header) throws Exception {
    headers.set(header, "10.1.2.3");

    assertThat(code(judge("127.0.0.1"))).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.1.2.3"})
  void withATokenEveryClientNeedsIt(String client) throws Exception {
    assertThat(code(judgeWithToken(client))).isEqualTo(401);

    headers.set("Authorization", "Bearer " + TOKEN);

    assertThat(judgeWithToken(client)).isEqualTo(new Admitted("token"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bearer",
        "Bearer ",
        "Bearer 0123456789abcde",
        "Bearer 0123456789abcdeF",
        "Bearer 0123456789abcdef0",
        "Bearer ?123456789abcdef",
        "Basic 0123456789abcdef",
        "0123456789abcdef"
      })
  void wrongTokenIsRefused(String authorization) throws Exception {
    headers.set("Authorization", authorization);

    assertThat(code(judgeWithToken("127.0.0.1"))).isEqualTo(401);
  }

  @Test
  void tokenCountsBehindAProxy() throws Exception {
    headers.set("X-Forwarded-For", "10.1.2.3");
    headers.set("Authorization", "bearer " + TOKEN);

    assertThat(code(judgeWithToken("127.0.0.1"))).isEqualTo(200);
  }

  @Test
  void newTokenCountsAtOnceAndTheOldOneNoLonger() throws Exception {
    Guard guard = new Guard(TestPageAccess.withToken(file, TOKEN));
    ActRequest request = new ActRequest(InetAddress.getLoopbackAddress(), headers, List.of());
    headers.set("Authorization", "Bearer " + TOKEN);
    assertThat(code(guard.judge(request))).isEqualTo(200);

    Files.writeString(file, "fedcba9876543210");

    assertThat(code(guard.judge(request))).isEqualTo(401);
    headers.set("Authorization", "Bearer fedcba9876543210");
    assertThat(code(guard.judge(request))).isEqualTo(200);
  }

  @Test
  void allActionsAreRefusedWhileTheFileIsMissingOrEmpty() throws Exception {
    Guard guard = new Guard(TestPageAccess.withToken(file, TOKEN));
    ActRequest request = new ActRequest(InetAddress.getLoopbackAddress(), headers, List.of());
    headers.set("Authorization", "Bearer " + TOKEN);

    Files.writeString(file, "\n");
    assertThat(code(guard.judge(request))).isEqualTo(503);

    Files.delete(file);
    assertThat(code(guard.judge(request))).isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource({
    "http://mirror.example:8000, same-origin, 200",
    "https://mirror.example:8000, same-origin, 200",
    "http://MIRROR.example:8000, , 200",
    "http://mirror.example:8000, cross-site, 403",
    "http://mirror.example:8000, same-site, 403",
    "http://mirror.example, same-origin, 403",
    "http://evil.example, , 403",
    "null, , 403",
    ", same-origin, 403",
    ", none, 403"
  })
  void webPageNeedsTheOwnOriginAndTheToken(String origin, String site, int code) throws Exception {
    set("Origin", origin);
    set("Sec-Fetch-Site", site);

    assertThat(code(judgeWithToken("127.0.0.1"))).isEqualTo(code == 200 ? 401 : 403);
    headers.set("Authorization", "Bearer " + TOKEN);
    assertThat(code(judgeWithToken("127.0.0.1"))).isEqualTo(code);
    assertThat(code(judge("127.0.0.1"))).as("without a token").isEqualTo(403);
  }

  private void set(String header, String value) {
    if (value != null) {
      headers.set(header, value);
    }
  }
}
