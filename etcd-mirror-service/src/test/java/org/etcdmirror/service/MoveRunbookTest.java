package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.service.Runbook.Step;
import org.etcdmirror.testkit.etcd.EtcdBinary;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.Ports;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Executes docs/move-a-cluster.md: from an etcd 3.3, if there is one, to the newest etcd with v2,
 * and there to v3. Each step is done, verified, rolled back and done again, and clients write after
 * each of these.
 */
@Tag("long")
@Timeout(900)
class MoveRunbookTest {

  private static final Path PAGE = Path.of("..", "docs", "move-a-cluster.md");
  private static final String PREFIX = "/conftool";

  private final Map<String, String> expected = new TreeMap<>();
  private EtcdServer oldEtcd;
  private EtcdServer newEtcd;
  private RunbookMachine machine;
  private Runbook runbook;
  private int writes;

  /**
   * Between two steps.
   *
   * @param writers what the writers use
   * @param follower what the link keeps equal to it; null without a link
   */
  private record State(ClientKeyspace writers, @Nullable ClientKeyspace follower) {}

  @BeforeEach
  void start(@TempDir Path home) throws IOException {
    List<EtcdBinary> known = EtcdBinary.all();
    oldEtcd = EtcdServer.builder().binary(EtcdBinary.oldest()).start();
    newEtcd = EtcdServer.builder().binary(known.get(known.size() - 1)).start();
    Map<String, String> replaced = new LinkedHashMap<>();
    replaced.put(",http://old2:2379,http://old3:2379", "");
    replaced.put(",http://new2:2379,http://new3:2379", "");
    replaced.put("http://old1:2379", oldEtcd.clientUrl().toString());
    replaced.put("http://new1:2379", newEtcd.clientUrl().toString());
    for (int port = 8000; port < 8004; port++) {
      replaced.put("127.0.0.1:" + port, "127.0.0.1:" + Ports.free());
    }
    machine = new RunbookMachine(home, replaced);
    runbook = Runbook.parse(Files.readAllLines(PAGE));
    for (Map.Entry<String, String> file : runbook.files().entrySet()) {
      machine.write(file.getKey(), file.getValue());
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    machine.close();
    oldEtcd.close();
    newEtcd.close();
  }

  @Test
  void eachStepIsVerifiedAndRolledBack() throws Exception {
    ClientKeyspace old = ClientKeyspace.v2(new V2Http(oldEtcd.clientUrl()), PREFIX);
    ClientKeyspace next = ClientKeyspace.v2(new V2Http(newEtcd.clientUrl()), PREFIX);
    ClientKeyspace v3 = ClientKeyspace.v3(new V3Http(newEtcd.clientUrl()), PREFIX);
    State copied = new State(old, next);
    State moved = new State(next, old);
    State alone = new State(next, null);
    State copiedToV3 = new State(next, v3);
    State movedToV3 = new State(v3, next);
    System.out.printf("MoveRunbookTest: from %s to %s%n", oldEtcd.version(), newEtcd.version());
    for (int i = 0; i < 5; i++) {
      write(old);
    }

    check(step(1));
    move(step(2), new State(old, null), copied);
    move(step(3), copied, copied);
    move(step(4), copied, moved);
    move(step(5), moved, alone, oldEtcd::stop, oldEtcd::restart);
    move(step(6), alone, copiedToV3);
    move(step(7), copiedToV3, copiedToV3);
    move(step(8), copiedToV3, movedToV3);
    move(step(9), movedToV3, new State(v3, null));

    assertThat(runbook.steps()).hasSize(9);
    assertThat(v3.values()).isEqualTo(expected).hasSizeGreaterThan(10);
    assertThat(machine.units()).isEmpty();
  }

  @Test
  void commandOutsideOfAStepIsRefused() {
    assertThatThrownBy(() -> Runbook.parse(List.of("## 1. Check", "", "    rm -r /")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void check(Step step) throws Exception {
    assertThat(machine.run(step.act())).noneMatch(line -> line.startsWith("problem"));
  }

  private void move(Step step, State from, State to) throws Exception {
    move(step, from, to, () -> {}, () -> {});
  }

  /** Does a step, rolls it back, and does it again. */
  private void move(Step step, State from, State to, Runnable done, Runnable undone)
      throws Exception {
    assertThat(step.verify()).as(step.title()).isNotEmpty();
    assertThat(step.rollBack()).as(step.title()).isNotEmpty();
    act(step, from, to, done);
    undone.run();
    machine.run(step.rollBack());
    useAndCompare(step, from);
    act(step, from, to, done);
  }

  private void act(Step step, State from, State to, Runnable done) throws Exception {
    List<String> printed = machine.run(step.act());
    if (!from.writers().equals(to.writers())) {
      assertFileIsTheWayBack(printed);
      assertContinuesWithoutCopy();
    }
    done.run();
    useAndCompare(step, to);
    machine.run(step.verify());
  }

  /** Clients find every write so far, and go on to write; the follower gets that, too. */
  private void useAndCompare(Step step, State state) {
    assertThat(state.writers().values()).as(step.title()).isEqualTo(expected);
    write(state.writers());
    ClientKeyspace follower = state.follower();
    if (follower != null) {
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .untilAsserted(() -> assertThat(follower.values()).as(step.title()).isEqualTo(expected));
    }
  }

  private Step step(int number) {
    Step step = runbook.steps().get(number - 1);
    assertThat(step.title()).startsWith(number + ". ");
    assertThat(step.act()).as(step.title()).isNotEmpty();
    return step;
  }

  /** Makes two keys, changes one and deletes one. */
  private void write(ClientKeyspace keyspace) {
    put(keyspace, ++writes, "new");
    put(keyspace, writes - 1, "changed");
    put(keyspace, ++writes, "new");
    keyspace.delete(key(writes));
    expected.remove(key(writes));
  }

  private void put(ClientKeyspace keyspace, int number, String value) {
    keyspace.put(key(number), value);
    expected.put(key(number), value);
  }

  private static String key(int number) {
    return PREFIX + "/pool/" + number;
  }

  /** The running link has the options of the command that the cut-over printed. */
  private void assertFileIsTheWayBack(List<String> printed) throws IOException {
    String command =
        printed.stream()
            .filter(line -> line.startsWith("etcd-mirror run "))
            .findFirst()
            .orElseThrow();
    for (String option : machine.fileOf(machine.units().get(0))) {
      String[] words = option.split(": ", 2);
      if (!words[0].equals("http")) {
        assertThat(command + " ").contains(" --" + words[0] + " " + words[1] + " ");
      }
    }
  }

  private void assertContinuesWithoutCopy() throws Exception {
    JsonNode status = new ObjectMapper().readTree(machine.unit().page("/status").body());
    assertThat(status.get("gaps").intValue()).as("%s", status).isZero();
    assertThat(status.get("resyncs").intValue()).as("%s", status).isZero();
  }
}
