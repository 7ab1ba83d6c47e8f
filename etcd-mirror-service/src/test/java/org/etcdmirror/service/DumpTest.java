package org.etcdmirror.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V2Http;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Backup of a real etcd into a directory, and restore into another etcd. */
@Tag("long")
@Timeout(600)
@EtcdTest
class DumpTest {

  private final EtcdServer source;
  private final EtcdServer sink;
  private final String dump;

  DumpTest(@TempDir Path directory, EtcdServer source, EtcdServer sink) {
    this.source = source;
    this.sink = sink;
    this.dump = "file:" + directory.resolve("dump");
  }

  @Test
  void dumpOfV3IsRestoredAtEachRecordedIndex() throws Exception {
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/app/a", "1");
    from.put("/app/b", "2");
    long first = from.revision();
    succeeds("once", "v3:" + source.clientUrl(), dump, "/app/");
    var old = from.values("/app/");
    from.put("/app/a", "changed");
    from.delete("/app/b");
    long second = from.revision();
    succeeds("once", "v3:" + source.clientUrl(), dump, "/app/");

    succeeds("once", dump, "v3:" + sink.clientUrl(), "/app/", "--at", Long.toString(first));
    assertThat(to.values("/app/")).isEqualTo(old);
    assertThat(
            ends("verify", dump, "v3:" + sink.clientUrl(), "/app/", "--at", Long.toString(second)))
        .isEqualTo(3);

    succeeds("once", dump, "v3:" + sink.clientUrl(), "/app/");
    assertThat(to.values("/app/")).isEqualTo(from.values("/app/"));
    succeeds("verify", dump, "v3:" + sink.clientUrl(), "/app/");
  }

  @Test
  void indexThatIsNotRecordedIsRefusedWithTheNearestOnes() throws Exception {
    V3Http from = new V3Http(source.clientUrl());
    from.put("/app/a", "1");
    long first = from.revision();
    succeeds("once", "v3:" + source.clientUrl(), dump, "/app/");
    List<String> args = args("once", dump, "v3:" + sink.clientUrl(), "/app/");
    args.addAll(List.of("--at", Long.toString(first + 1)));
    try (ServiceProcess service = start(args)) {
      assertThat(service.exitCode()).isEqualTo(1);
      assertThat(service.err().get(service.err().size() - 1))
          .contains("index %d is not recorded".formatted(first + 1))
          .contains("the newest recorded index is " + first);
    }
  }

  /** The cluster has the id that the dump names, and is no loop all the same. */
  @Test
  void clusterIsRestoredFromItsOwnDump() throws Exception {
    V3Http from = new V3Http(source.clientUrl());
    from.put("/app/a", "1");
    from.put("/app/b", "2");
    var old = from.values("/app/");
    String cluster = "v3:" + source.clientUrl();
    succeeds("once", cluster, dump, "/app/");
    from.delete("/app/a");
    from.put("/app/b", "wrong");
    succeeds("once", dump, cluster, "/app/");
    assertThat(from.values("/app/")).isEqualTo(old);
  }

  @Test
  void mirrorGoesOnFromARestoredCluster() throws Exception {
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/app/a", "1");
    String cluster = "v3:" + source.clientUrl();
    String other = "v3:" + sink.clientUrl();
    succeeds("once", cluster, dump, "/app/");
    from.put("/app/later", "2");
    succeeds("once", dump, other, "/app/");
    List<String> args = args("run", cluster, other, "/app/");
    args.addAll(List.of("--http", "none"));
    try (ServiceProcess service = start(args)) {
      await().atMost(PATIENCE).until(() -> to.values("/app/").equals(from.values("/app/")));
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
      assertThat(service.err())
          .noneMatch(line -> line.contains("resync at index") || line.contains("first copy at"));
    }
  }

  @Test
  void dumpOfV2KeepsDirectories() throws Exception {
    V2Http from = new V2Http(source.clientUrl());
    V2Http to = new V2Http(sink.clientUrl());
    from.put("/conf/dir/a", "1");
    from.put("/conf/b", "2");
    from.put("/conf/empty/x", "3");
    from.delete("/conf/empty/x", "");
    succeeds("once", "v2:" + source.clientUrl(), dump, "/conf");
    succeeds("once", dump, "v2:" + sink.clientUrl(), "/conf");
    assertThat(to.tree("/conf")).isEqualTo(from.tree("/conf"));
    assertThat(to.get("/conf/empty", "").status()).isEqualTo(200);
    succeeds("verify", "v2:" + source.clientUrl(), dump, "/conf");
  }

  @Test
  void runIsAContinuousBackupThatSurvivesAKill() throws Exception {
    V3Http from = new V3Http(source.clientUrl());
    V3Http to = new V3Http(sink.clientUrl());
    from.put("/app/a", "1");
    try (ServiceProcess service = run()) {
      service.awaitLine("-> FOLLOWING");
      for (int i = 0; i < 50; i++) {
        from.put("/app/" + i, "value " + i);
      }
      await().atMost(PATIENCE).until(() -> verifies());
      service.signal("KILL");
      service.exitCode();
    }
    from.delete("/app/a");
    from.put("/app/later", "x");
    try (ServiceProcess service = run()) {
      await().atMost(PATIENCE).until(() -> verifies());
      service.signal("TERM");
      assertThat(service.exitCode()).isZero();
      assertThat(service.err()).noneMatch(line -> line.contains("resync at index"));
    }
    succeeds("once", dump, "v3:" + sink.clientUrl(), "/app/");
    assertThat(to.values("/app/")).isEqualTo(from.values("/app/"));
  }

  private ServiceProcess run() throws IOException {
    List<String> args = args("run", "v3:" + source.clientUrl(), dump, "/app/");
    args.addAll(List.of("--http", "none"));
    return start(args);
  }

  private boolean verifies() throws Exception {
    return ends("verify", "v3:" + source.clientUrl(), dump, "/app/") == 0;
  }

  private static void succeeds(
      String command, String from, String to, String prefix, String... more) throws Exception {
    assertThat(ends(command, from, to, prefix, more)).as("%s %s %s", command, from, to).isZero();
  }

  private static int ends(String command, String from, String to, String prefix, String... more)
      throws Exception {
    List<String> args = args(command, from, to, prefix);
    args.addAll(List.of(more));
    try (ServiceProcess service = start(args)) {
      return service.exitCode();
    }
  }

  private static List<String> args(String command, String from, String to, String prefix) {
    return new ArrayList<>(List.of(command, "--source", from, "--sink", to, "--prefix", prefix));
  }

  private static ServiceProcess start(List<String> args) throws IOException {
    return ServiceProcess.start(List.of(), args.toArray(String[]::new));
  }
}
