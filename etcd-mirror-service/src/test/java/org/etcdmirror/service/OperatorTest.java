package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.service.log.OneLine;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests of an operator to a running service: approve, pause and resume. */
@Timeout(600)
@EtcdTest
class OperatorTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V2Http sink;

  OperatorTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    sink = new V2Http(sinkEtcd.clientUrl());
  }

  @Test
  void blockedDeletesAreAppliedAfterApproval() throws Exception {
    sink.put("/conftool/stale", "x");
    try (ServiceProcess service = run()) {
      eventually(() -> assertThat(state(service)).isEqualTo("BLOCKED"));
      assertThat(service.page("/healthz").statusCode()).isEqualTo(200);
      assertThat(service.page("/readyz").statusCode()).isEqualTo(503);
      JsonNode pending = status(service).get("pending");
      assertThat(service.page("/readyz").body())
          .contains("blocked")
          .contains(OneLine.of(pending.get("reason").textValue(), " "));
      assertThat(pending.at("/plan/deleteSamples").toString()).contains("\"/conftool/stale\"");
      assertThat(sink.tree("/conftool")).containsKey("/conftool/stale");

      String token = pending.get("token").textValue();
      assertThat(service.page("/readyz").body()).contains("POST /approve?plan=" + token);
      assertThat(service.post("/approve").statusCode()).isEqualTo(400);
      assertThat(service.post("/approve?plan=another").statusCode()).isEqualTo(409);
      assertThat(service.post("/approve?plan=another").body())
          .contains("plan 'another' does not wait for approval")
          .contains(token);
      assertThat(sink.tree("/conftool")).containsKey("/conftool/stale");

      assertThat(service.post("/approve?plan=" + token).statusCode()).isEqualTo(200);

      eventually(() -> assertThat(sink.tree("/conftool")).doesNotContainKey("/conftool/stale"));
      eventually(() -> assertThat(service.page("/readyz").statusCode()).isEqualTo(200));
      assertThat(service.post("/approve?plan=" + token).statusCode()).isEqualTo(409);
      assertThat(status(service).get("keysDeleted").intValue())
          .isEqualTo(pending.at("/plan/deletes").intValue());
    }
  }

  @Test
  void nothingIsWrittenBetweenPauseAndResume() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = run()) {
      eventually(() -> assertThat(service.page("/readyz").statusCode()).isEqualTo(200));

      assertThat(service.post("/pause").statusCode()).isEqualTo(200);

      assertThat(state(service)).isEqualTo("PAUSED");
      source.put("/conftool/a", "2");
      eventually(() -> assertThat(status(service).get("lagEvents").intValue()).isPositive());
      assertThat(service.page("/readyz").body()).contains("paused").contains("POST /resume");
      assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "1");

      assertThat(service.post("/resume").statusCode()).isEqualTo(200);

      eventually(() -> assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "2"));
    }
  }

  @Test
  void backlogIsHeldUntilItIsApproved() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess first = run()) {
      first.awaitLine("-> FOLLOWING");
      first.signal("TERM");
      assertThat(first.exitCode()).isZero();
    }
    for (int i = 0; i < 5; i++) {
      source.put("/conftool/a", "old " + i);
    }
    try (ServiceProcess service = run("--catch-up", "hold", "--catch-up-events", "3")) {
      eventually(() -> assertThat(state(service)).isEqualTo("BLOCKED"));
      assertThat(status(service).at("/pending/plan").isNull()).isTrue();
      assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "1");

      String token = status(service).at("/pending/token").textValue();
      assertThat(service.post("/approve?plan=" + token).statusCode()).isEqualTo(200);

      eventually(() -> assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "old 4"));
    }
  }

  @Test
  void periodicVerifyRepairsDifferences() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = run("--verify-every", "500ms", "--verify-action", "repair")) {
      eventually(() -> assertThat(status(service).at("/lastVerify/equal").asBoolean()).isTrue());

      sink.put("/conftool/a", "foreign");

      eventually(() -> assertThat(sink.tree("/conftool")).containsEntry("/conftool/a", "1"));
    }
  }

  private ServiceProcess run(String... more) throws IOException {
    Stream<String> words =
        Stream.of(
            "run",
            "--source",
            "v2:" + sourceEtcd.clientUrl(),
            "--sink",
            "v2:" + sinkEtcd.clientUrl(),
            "--prefix",
            "/conftool",
            "--http",
            "127.0.0.1:0");
    return ServiceProcess.start(
        List.of(), Stream.concat(words, Stream.of(more)).toArray(String[]::new));
  }

  private static String state(ServiceProcess service) throws Exception {
    return status(service).get("state").textValue();
  }

  private static JsonNode status(ServiceProcess service) throws Exception {
    return new ObjectMapper().readTree(service.page("/status").body());
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }
}
