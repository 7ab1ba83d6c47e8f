package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.tls.Access;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.store.InMemorySink;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v2.V2Source;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A user whose password a program supplies, at a server that asks for it. */
@Tag("long")
@Timeout(300)
class SuppliedPasswordTest {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static EventSource source(String api, EtcdServer server, Access access) {
    String url = server.clientUrl().toString();
    return api.equals("v2")
        ? V2Source.builder().endpoints(url).access(access).build()
        : V3Source.builder().endpoints(url).access(access).build();
  }

  private static EtcdMirror mirror(EventSource source) {
    return EtcdMirror.builder()
        .source(source)
        .sink(source.keyModel() == KeyModel.PATHS ? InMemorySink.paths() : InMemorySink.bytes())
        .scope(MirrorScope.of("/conf"))
        .build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v2", "v3"})
  void logsIn(String api) throws Exception {
    try (EtcdServer server = EtcdServer.start()) {
      if (api.equals("v2")) {
        new V2Http(server.clientUrl()).enableAuth("secret");
      } else {
        new V3Http(server.clientUrl()).enableAuth("secret");
      }
      try (EtcdMirror right = mirror(source(api, server, Access.user("root", () -> "secret")));
          EtcdMirror wrong = mirror(source(api, server, Access.user("root", () -> "wrong")))) {
        right.start();
        assertThat(right.awaitLevel(PATIENCE)).as("%s", right.status()).isTrue();
        wrong.start();
        assertThat(wrong.awaitLevel(PATIENCE)).isFalse();
        assertThat(wrong.failure().orElseThrow())
            .isInstanceOf(PermanentException.class)
            .hasMessageStartingWith("source http://")
            .hasMessageContaining("root");
      }
    }
  }
}
