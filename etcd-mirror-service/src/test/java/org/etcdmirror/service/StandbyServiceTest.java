package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages of a pair of programs, of which one stands by. */
@Timeout(600)
@EtcdTest(v2 = false)
class StandbyServiceTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;

  StandbyServiceTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
  }

  private ServiceProcess member(String name) throws Exception {
    return ServiceProcess.start(
        List.of(),
        "run",
        "--standby",
        "--member",
        name,
        "--source",
        "v3:" + sourceEtcd.clientUrl(),
        "--sink",
        "v3:" + sinkEtcd.clientUrl(),
        "--prefix",
        "/conf/",
        "--http",
        "127.0.0.1:0");
  }

  private static JsonNode status(ServiceProcess service) throws Exception {
    return JSON.readTree(service.page("/status").body());
  }

  private static void awaitReady(ServiceProcess service, String line) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .untilAsserted(() -> {
          HttpResponse<String> ready = service.page("/readyz");
          assertThat(ready.body()).startsWith(line);
          assertThat(ready.statusCode()).isEqualTo(200);
        });
  }

  @Test
  void pagesTellTheLeaderFromTheStandbyThatTakesOver() throws Exception {
    V3Http source = new V3Http(sourceEtcd.clientUrl());
    V3Http sink = new V3Http(sinkEtcd.clientUrl());
    source.put("/conf/a", "1");
    try (ServiceProcess first = member("one")) {
      awaitReady(first, "caught up");
      assertThat(status(first).path("role").asText()).isEqualTo("leader");
      try (ServiceProcess second = member("two")) {
        awaitReady(second, "standby, leader one");
        JsonNode standby = status(second);
        assertThat(standby.path("role").asText()).isEqualTo("standby");
        assertThat(standby.path("state").asText()).isEqualToIgnoringCase("standby");
        assertThat(standby.path("leader").asText()).isEqualTo("one");
        assertThat(standby.path("warm").asBoolean()).isTrue();
        assertThat(second.page("/metrics").body())
            .containsPattern("etcd_mirror_leader\\{[^}]*} 0")
            .containsPattern("etcd_mirror_standby_warm\\{[^}]*} 1");

        first.signal("TERM");
        assertThat(first.exitCode()).isZero();
        source.put("/conf/b", "2");

        awaitReady(second, "caught up");
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(sink.values("/conf/")).containsKey(Bytes.utf8("/conf/b")));
        assertThat(status(second).path("role").asText()).isEqualTo("leader");
        assertThat(status(second).path("leader").asText()).isEqualTo("two");
        assertThat(second.page("/metrics").body()).containsPattern("etcd_mirror_leader\\{[^}]*} 1");
      }
    }
  }
}
