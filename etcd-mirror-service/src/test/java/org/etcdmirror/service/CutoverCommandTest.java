package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The writers of an etcd v2 server move to a v3 server, and back. */
@Tag("long")
@Timeout(900)
@EtcdTest
class CutoverCommandTest {

  private static final String RUN = "etcd-mirror ";

  private final EtcdServer oldEtcd;
  private final EtcdServer newEtcd;
  private final V2Http old;
  private final V3Http next;

  CutoverCommandTest(EtcdServer oldEtcd, EtcdServer newEtcd) {
    this.oldEtcd = oldEtcd;
    this.newEtcd = newEtcd;
    old = new V2Http(oldEtcd.clientUrl());
    next = new V3Http(newEtcd.clientUrl());
  }

  @Test
  void printedCommandsMoveWritersToV3AndBack() throws Exception {
    old.put("/conftool/a", "1");
    String back = cutOverWhenDrained();
    try (ServiceProcess reverse = ServiceProcess.start(List.of(), words(back))) {
      next.put("/conftool/new", "2");
      eventually(() -> assertThat(old.tree("/conftool")).containsEntry("/conftool/new", "2"));
      assertLostNothing(reverse);
      reverse.signal("TERM");
      assertThat(reverse.exitCode()).isZero();
    }

    String forth = cutOverAtOnce(back);

    assertThat(forth).isEqualTo(RUN + String.join(" ", forward("run", "127.0.0.1:0")));
    try (ServiceProcess forward = ServiceProcess.start(List.of(), words(forth))) {
      old.put("/conftool/newer", "3");
      eventually(() -> assertThat(next.values("/conftool/newer")).isNotEmpty());
      assertLostNothing(forward);
    }
  }

  @Test
  void linkDoesNotRunAndItsIndexCannotBeSetAfterCutover() throws Exception {
    old.put("/conftool/a", "1");
    cutOverAtOnce(RUN + String.join(" ", forward("run", "none")));

    try (ServiceProcess again = ServiceProcess.start(List.of(), forward("run", "none"))) {
      assertThat(again.exitCode()).isEqualTo(1);
      assertThat(again.err().get(again.err().size() - 1)).contains(" was cut over at ");
    }
    String[] set =
        Stream.concat(Stream.of("index", "set", "1", "--force"), options()).toArray(String[]::new);
    assertThat(Cli.execute(set).code()).isEqualTo(1);
    String[] show = Stream.concat(Stream.of("index", "show"), options()).toArray(String[]::new);
    assertThat(Cli.execute(show).out()).contains("refuses to start: this link was cut over");
  }

  @Test
  void repeatedCutoverPrintsTheSameReverseCommand() throws Exception {
    old.put("/conftool/a", "1");
    String command = RUN + String.join(" ", forward("run", "none"));

    assertThat(cutOverAtOnce(command)).isEqualTo(cutOverAtOnce(command));
  }

  @Test
  void cutoverFailsWhenSidesDiffer() throws Exception {
    old.put("/conftool/a", "1");
    try (ServiceProcess service =
        ServiceProcess.start(List.of(), forward("cutover", "127.0.0.1:0"))) {
      awaitOut(service, "level at index");
      next.put("/conftool/extra", "x");

      assertThat(service.post("/drained").statusCode()).isEqualTo(200);

      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1)).contains("not proven equal");
    }
    next.delete("/conftool/extra");
    try (ServiceProcess run = ServiceProcess.start(List.of(), forward("run", "none"))) {
      old.put("/conftool/later", "2");
      eventually(() -> assertThat(next.values("/conftool/later")).isNotEmpty());
    }
  }

  @Test
  void signalBeforeTheEndAbortsTheCutover() throws Exception {
    old.put("/conftool/a", "1");
    try (ServiceProcess service =
        ServiceProcess.start(List.of(), forward("cutover", "127.0.0.1:0"))) {
      awaitOut(service, "level at index");

      service.signal("TERM");

      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err())
          .endsWith(
              "etcd-mirror: stopped before the cut-over was done; "
                  + "run the command again to continue");
    }
  }

  /** Cuts over once the writers are drained, and returns the printed reverse command. */
  private String cutOverWhenDrained() throws Exception {
    try (ServiceProcess service =
        ServiceProcess.start(List.of(), forward("cutover", "127.0.0.1:0"))) {
      awaitOut(service, "level at index");
      old.put("/conftool/last", "1");

      assertThat(service.post("/drained").statusCode()).isEqualTo(200);

      assertThat(service.exitCode()).as("%s", service.err()).isZero();
      assertThat(next.values("/conftool/last")).isNotEmpty();
      return service.out().get(service.out().size() - 1);
    }
  }

  /** Is repeated, as a person does it, if a busy server has not answered in time. */
  private static String cutOverAtOnce(String run) throws Exception {
    String[] words =
        (run.replaceFirst(" run ", " cutover ") + " --drained").substring(RUN.length()).split(" ");
    while (true) {
      try (ServiceProcess service = ServiceProcess.start(List.of(), words)) {
        if (service.exitCode() == 1
            && String.join(" ", service.err()).contains("no answer within")) {
          continue;
        }
        assertThat(service.exitCode()).as("%s", service.err()).isZero();
        assertThat(service.out()).hasSize(3);
        assertThat(service.out().get(0)).startsWith("cut over at source index ");
        return service.out().get(2);
      }
    }
  }

  private static String[] words(String command) {
    assertThat(command).startsWith(RUN + "run ");
    return command.substring(RUN.length()).split(" ");
  }

  private String[] forward(String command, String http) {
    return Stream.of(Stream.of(command), options(), Stream.of("--http", http))
        .flatMap(s -> s)
        .toArray(String[]::new);
  }

  private Stream<String> options() {
    return Stream.of(
        "--source",
        "v2:" + oldEtcd.clientUrl(),
        "--sink",
        "v3:" + newEtcd.clientUrl(),
        "--prefix",
        "/conftool");
  }

  private static void assertLostNothing(ServiceProcess service) throws Exception {
    JsonNode status = new ObjectMapper().readTree(service.page("/status").body());
    assertThat(status.get("gaps").intValue()).isZero();
    assertThat(status.get("resyncs").intValue()).isZero();
  }

  private static void awaitOut(ServiceProcess service, String start) {
    eventually(() ->
        assertThat(service.out()).as("%s", service.err()).anyMatch(line -> line.startsWith(start)));
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).untilAsserted(assertion);
  }
}
