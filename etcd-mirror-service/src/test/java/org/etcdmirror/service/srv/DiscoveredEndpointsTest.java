package org.etcdmirror.service.srv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.etcdmirror.api.internal.DiscoveredEndpoints;
import org.etcdmirror.api.internal.SrvName;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.testkit.fault.DnsServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What DNS names, and when it is asked again. */
@Timeout(120)
class DiscoveredEndpointsTest {

  private static final String SSL = "_etcd-client-ssl._tcp.example.test";
  private static final String PLAIN = "_etcd-client._tcp.example.test";

  private final List<List<String>> found = new CopyOnWriteArrayList<>();
  private DnsServer dns;

  @BeforeEach
  void start() throws IOException {
    dns = DnsServer.start();
  }

  @AfterEach
  void stop() {
    dns.close();
  }

  private DiscoveredEndpoints endpoints(String name, Access access) {
    SrvName srv =
        SrvName.of(List.of(SrvName.endpoint("//" + dns.address() + "/" + name))).orElseThrow();
    return new DiscoveredEndpoints(srv, access, found::add);
  }

  @Test
  void serversWithTlsComeFirst() throws Exception {
    dns.srv(PLAIN, "0 0 2379 plain.example.test");
    dns.srv(SSL, "10 0 2379 second.example.test", "0 0 2379 first.example.test");

    endpoints("example.test", Access.ANONYMOUS).used();

    assertThat(found)
        .containsExactly(
            List.of(
                "https://first.example.test:2379",
                "https://second.example.test:2379",
                "http://plain.example.test:2379"));
  }

  @Test
  void nameOfTheServiceIsAppended() throws Exception {
    dns.srv("_etcd-client-staging._tcp.example.test", "0 0 2379 a.example.test");

    endpoints("example.test/staging", Access.ANONYMOUS).used();

    assertThat(found).containsExactly(List.of("http://a.example.test:2379"));
  }

  /** A false DNS server could otherwise have the password sent in plain text. */
  @Test
  void serversWithoutTlsGetNoPassword() throws Exception {
    dns.srv(PLAIN, "0 0 2379 plain.example.test");
    DiscoveredEndpoints endpoints = endpoints("example.test", Access.user("u", () -> "p"));
    assertThatThrownBy(endpoints::used)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("http://plain.example.test:2379");

    dns.srv(SSL, "0 0 2379 safe.example.test");
    endpoints.used();

    assertThat(found).containsExactly(List.of("https://safe.example.test:2379"));
  }

  /** A lost answer must not lead a client of servers with TLS to others. */
  @Test
  void serversWithoutTlsAreNotUsedWhileDnsFailsForThoseWithIt() throws Exception {
    dns.srv(PLAIN, "0 0 2379 plain.example.test");
    dns.fails(SSL);
    DiscoveredEndpoints endpoints = endpoints("example.test", Access.ANONYMOUS);
    assertThatThrownBy(endpoints::used).isInstanceOf(IOException.class).hasMessageContaining(SSL);

    dns.srv(SSL, "0 0 2379 safe.example.test");
    endpoints.used();

    assertThat(found)
        .containsExactly(
            List.of("https://safe.example.test:2379", "http://plain.example.test:2379"));
  }

  @Test
  void recordThatNamesNoServerDoesNotHideTheOthers() throws Exception {
    dns.srv(SSL, "0 0 0 none.example.test", "0 0 2379 a.example.test");

    endpoints("example.test", Access.ANONYMOUS).used();

    assertThat(found).containsExactly(List.of("https://a.example.test:2379"));
  }

  @Test
  void missingRecordsAreNamedAndAskedForAgain() throws Exception {
    DiscoveredEndpoints endpoints = endpoints("example.test", Access.ANONYMOUS);
    assertThatThrownBy(endpoints::used)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(SSL + " does not exist")
        .hasMessageContaining(PLAIN + " does not exist");
    dns.srv(PLAIN, "0 0 2379 a.example.test");

    endpoints.used();

    assertThat(found).hasSize(1);
  }

  @Test
  void knownServersAreNotAskedForAgainWithoutNeed() throws Exception {
    dns.srv(PLAIN, "0 0 2379 a.example.test");
    DiscoveredEndpoints endpoints = endpoints("example.test", Access.ANONYMOUS);
    endpoints.used();
    int questions = dns.questions();

    for (int i = 0; i < 1_000; i++) {
      endpoints.used();
    }

    assertThat(dns.questions()).isEqualTo(questions);
  }

  @Test
  void afterAFailureDnsIsAskedAgain() throws Exception {
    dns.srv(PLAIN, "0 0 2379 a.example.test");
    DiscoveredEndpoints endpoints = endpoints("example.test", Access.ANONYMOUS);
    endpoints.used();
    dns.srv(PLAIN, "0 0 2379 b.example.test");

    await()
        .atMost(PATIENCE)
        .until(() -> {
          endpoints.failed();
          return found.size() == 2;
        });

    assertThat(found.get(1)).containsExactly("http://b.example.test:2379");
  }

  @Test
  void otherFormsAreRefused() {
    for (String name :
        List.of("", "a b", "a,b", "http://a:2379", "//a.test", "a.test/b/c", "user@a.test")) {
      assertThatThrownBy(
              () -> SrvName.of(Stream.of(name.split(",", -1)).map(SrvName::endpoint).toList()))
          .as(name)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is not one domain");
    }
    assertThat(SrvName.of(List.of("http://a:2379", "http://b:2379"))).isEmpty();
  }
}
