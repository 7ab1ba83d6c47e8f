package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Stream;
import org.etcdmirror.service.run.Outcome;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands 'plan' and 'verify' with two real servers. */
@Timeout(600)
@EtcdTest
class CompareCommandsTest {

  private final EtcdServer sourceEtcd;
  private final EtcdServer sinkEtcd;
  private final V2Http source;
  private final V3Http sink;

  CompareCommandsTest(EtcdServer sourceEtcd, EtcdServer sinkEtcd) {
    this.sourceEtcd = sourceEtcd;
    this.sinkEtcd = sinkEtcd;
    source = new V2Http(sourceEtcd.clientUrl());
    sink = new V3Http(sinkEtcd.clientUrl());
  }

  @Test
  void planListsWritesAndDeletesWithoutChangingTheSink() throws Exception {
    source.put("/conftool/a", "1");
    source.put("/conftool/b", "2");
    sink.put("/conftool/stale", "x");
    long before = sink.revision();

    Cli plan = command("plan");

    assertThat(plan.code()).as("%s", plan).isEqualTo(3);
    assertThat(plan.out().lines())
        .contains("write  /conftool/a", "write  /conftool/b", "delete /conftool/stale");
    JsonNode json = json(command("plan", "--json"));
    assertThat(json.get("writes").intValue()).isEqualTo(2);
    assertThat(json.at("/deleteSamples/0").textValue()).isEqualTo("/conftool/stale");
    assertThat(json.get("refusal").textValue())
        .contains("a first copy deletes only what was approved");
    assertThat(sink.revision()).isEqualTo(before);
  }

  @Test
  void planOfEqualSidesReportsNothingToDo() {
    source.put("/conftool/a", "1");
    once();

    Cli plan = command("plan");

    assertThat(plan.code()).isZero();
    assertThat(plan.out()).hasLineCount(1);
  }

  @Test
  void planReportsThatARunWouldWaitForApproval() {
    sink.put("/conftool/stale", "x");

    Cli plan = command("plan");

    assertThat(plan.code()).as("%s", plan).isEqualTo(3);
    assertThat(plan.out()).contains("run would wait for approval before it deletes anything");
  }

  @Test
  void verifyListsDifferences() throws Exception {
    for (String key : List.of("a", "b", "c")) {
      source.put("/conftool/" + key, "1");
    }
    once();
    assertThat(command("verify").code()).isZero();
    sink.delete("/conftool/a");
    sink.put("/conftool/b", "other");
    sink.put("/conftool/d", "1");

    Cli differs = command("verify");

    assertThat(differs.code()).as("%s", differs).isEqualTo(3);
    assertThat(differs.out().lines())
        .contains("missing   /conftool/a", "different /conftool/b", "extra     /conftool/d");
    JsonNode json = json(command("verify", "--json", "--samples", "1"));
    assertThat(json.get("equal").booleanValue()).isFalse();
    assertThat(json.get("samples")).hasSize(1);
    assertThat(json.get("extra").intValue()).isEqualTo(1);
  }

  @Test
  void verifyWorksBesideARunningService() throws Exception {
    source.put("/conftool/a", "1");
    try (ServiceProcess service = ServiceProcess.start(List.of(), words("run"))) {
      service.awaitLine("-> FOLLOWING");
      source.put("/conftool/a", "2");

      Cli equal = command("verify");

      assertThat(equal.code()).as("%s", equal).isZero();
      service.signal("TERM");
      assertThat(service.exitCode()).as("it is not disturbed").isZero();
    }
  }

  @Test
  void unreachableSinkEndsPlanAndVerifyWithExitCodeOne() {
    sinkEtcd.close();

    for (String name : List.of("plan", "verify")) {
      Cli failed = command(name);

      assertThat(failed.code()).isEqualTo(1);
      assertThat(failed.out()).isEmpty();
      assertThat(failed.err()).hasLineCount(1).contains(sinkEtcd.clientUrl().getAuthority());
    }
  }

  private void once() {
    assertThat(
            InProcess.once(
                "v2:" + sourceEtcd.clientUrl(), "v3:" + sinkEtcd.clientUrl(), "/conftool"))
        .isEqualTo(Outcome.DONE);
  }

  private static JsonNode json(Cli cli) throws Exception {
    assertThat(cli.code()).as("%s", cli).isEqualTo(3);
    return new ObjectMapper().readTree(cli.out());
  }

  private Cli command(String... command) {
    return Cli.execute(words(command));
  }

  private String[] words(String... command) {
    Stream<String> sides =
        Stream.of(
            "--source",
            "v2:" + sourceEtcd.clientUrl(),
            "--sink",
            "v3:" + sinkEtcd.clientUrl(),
            "--prefix",
            "/conftool");
    return Stream.concat(Stream.of(command), sides).toArray(String[]::new);
  }
}
