package org.etcdmirror.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.Map;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class V2HttpTest {

  private static EtcdServer server;
  private static V2Http http;

  @BeforeAll
  static void start() {
    server = EtcdServer.start();
    http = new V2Http(server.clientUrl());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b", "a+b", "a%b", "a%20b", "a?b", "a#b", "a&b=c", "a:b", "a\\b", "ключ", "鍵", "😀", "\"'"
      })
  void unusualKeysAndValuesAreWrittenAndRead(String odd) {
    String key = "/odd-" + odd + "/" + odd;
    assertThat(http.put(key, odd).status()).isEqualTo(201);
    V2Http.Response read = http.get(key, "quorum=true");
    assertThat(read.json().at("/node/value").textValue()).isEqualTo(odd);
    assertThat(read.json().at("/node/key").textValue()).isEqualTo(key);
    assertThat(http.tree("/odd-" + odd)).isEqualTo(Map.of(key, odd));
    assertThat(http.delete(key, "").status()).isEqualTo(200);
    assertThat(http.get(key, "").status()).isEqualTo(404);
  }

  @Test
  void treeIsFlattened() {
    http.put("/tree/b/c", "1");
    http.put("/tree/a", "");
    http.put("/tree/empty", Map.of("dir", "true"));
    assertThat(http.tree("/tree"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("/tree/a", "", "/tree/b/", "", "/tree/b/c", "1", "/tree/empty/", ""));
    assertThat(http.tree("/nowhere")).isEmpty();
  }

  @Test
  void responsesCarryIndexes() {
    V2Http.Response written = http.put("/index", "1");
    assertThat(written.modifiedIndex()).isEqualTo(written.etcdIndex());
    assertThat(http.index()).isEqualTo(written.etcdIndex());
    V2Http.Response missing = http.get("/missing", "");
    assertThat(missing.etcdIndex()).isEqualTo(written.etcdIndex());
    assertThatThrownBy(missing::modifiedIndex).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void unansweredRequestThrowsException() {
    try (FaultProxy dead = FaultProxy.to(server.clientUrl())) {
      dead.refuse(true);
      V2Http refused = new V2Http(dead.url());
      assertThatThrownBy(refused::index).isInstanceOf(UncheckedIOException.class);
    }
  }

  @Test
  void authenticationShutsOutWhoHasNoUserUntilItIsSwitchedOff() {
    try (EtcdServer withUsers = EtcdServer.start()) {
      V2Http anyone = new V2Http(withUsers.clientUrl());
      V2Http root = anyone.enableAuth("root");
      assertThat(anyone.put("/k", "1").status()).isEqualTo(401);
      root.auth(false);
      assertThat(anyone.put("/k", "1").status()).isEqualTo(201);
      root.auth(true);
      assertThat(anyone.put("/k", "2").status()).isEqualTo(401);
    }
  }
}
