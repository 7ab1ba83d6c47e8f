package org.etcdmirror.service.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.testkit.junit.OnEachEtcd;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The version of real servers, and pages that no tested server shows. */
@Timeout(120)
@EtcdTest
class VersionCheckTest {

  @OnEachEtcd
  void testedVersionIsOk(EtcdServer etcd) throws Exception {
    assertThat(version("v2:" + etcd.clientUrl()))
        .containsExactly("ok %s is etcd %s".formatted(etcd.clientUrl(), etcd.version()));
  }

  @Test
  void otherVersionIsAWarning() throws Exception {
    assertThat(versionOnPage("{\"etcdserver\":\"3.6.1\",\"etcdcluster\":\"3.6.0\"}"))
        .singleElement()
        .asString()
        .startsWith("warning")
        .contains("is etcd 3.6.1, with which the mirror is not tested");
  }

  @Test
  void etcd33IsTestedForV2Alone() throws Exception {
    String page = "{\"etcdserver\":\"3.3.25\",\"etcdcluster\":\"3.3.0\"}";
    assertThat(versionOnPage("v2", page)).singleElement().asString().startsWith("ok ");
    assertThat(versionOnPage("v3", page)).singleElement().asString().startsWith("warning ");
  }

  @Test
  void pageOfAnotherServerIsNotOk() throws Exception {
    assertThat(versionOnPage("<html>welcome</html>"))
        .singleElement()
        .asString()
        .startsWith("warning not checked");
  }

  private static List<String> versionOnPage(String page) throws Exception {
    return versionOnPage("v2", page);
  }

  private static List<String> versionOnPage(String api, String page) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/version",
        exchange -> {
          byte[] body = page.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      return version(api + ":http://127.0.0.1:" + server.getAddress().getPort());
    } finally {
      server.stop(0);
    }
  }

  private static List<String> version(String address) throws Exception {
    try (Side side = CheckFixture.source(address)) {
      return CheckFixture.lines(new VersionCheck(side, EtcdPages.of(side)));
    }
  }
}
