package org.etcdmirror.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.etcdmirror.soak.Fault.End;
import org.etcdmirror.soak.Fault.UnsuitableException;

/**
 * A side goes on from a backup that was made when the fault began: what came since is lost there.
 */
final class RestoreFaults {

  private static final long BUMP = 1_000_000;

  private RestoreFaults() {}

  /** Its revisions are given a second time, to other changes. */
  static End restore(Stage stage, Step step) throws Exception {
    return restore(stage, step, 0);
  }

  /** Its revisions jump ahead, and its history begins there. */
  static End restoreWithBump(Stage stage, Step step) throws Exception {
    if (!step.cluster(stage).binary().version().startsWith("3.5")) {
      throw new UnsuitableException("etcdctl before 3.4.27 and 3.5.10 knows no bump");
    }
    return restore(stage, step, BUMP);
  }

  private static End restore(Stage stage, Step step, long bump) throws Exception {
    KeyspaceFaults.v3(stage, step);
    Cluster cluster = step.cluster(stage);
    Path etcdctl = Tools.etcdctl(cluster.binary());
    cluster.awaitAll();
    Path backup = stage.directory().resolve("backup" + step.number() + ".db");
    String endpoint = cluster.member(step.member()).clientUrl().toString();
    etcdctl(
        stage,
        List.of(
            etcdctl.toString(), "--endpoints", endpoint, "snapshot", "save", backup.toString()));
    long revision = revision(stage, etcdctl, backup);
    return () -> {
      stage.historyChanges(step.onSource());
      for (Member member : cluster.members()) {
        member.kill();
        member.deleteData();
      }
      for (Member member : cluster.members()) {
        etcdctl(stage, restoration(etcdctl, backup, cluster, member, bump));
      }
      if (step.onSource()) {
        stage.history().goOnFrom(revision, revision + bump);
      }
      for (Member member : cluster.members()) {
        cluster.restart(member);
      }
      cluster.awaitAll();
      stage.historyHasChanged();
    };
  }

  private static long revision(Stage stage, Path etcdctl, Path backup) throws Exception {
    String said =
        etcdctl(
            stage,
            List.of(etcdctl.toString(), "snapshot", "status", backup.toString(), "-w", "json"));
    String json = said.lines().filter(line -> line.startsWith("{\"hash")).findFirst().orElse("{}");
    long revision = V3Gateway.JSON.readTree(json).path("revision").asLong();
    if (revision == 0) {
      throw new IOException("etcdctl does not tell the revision of a backup: " + said);
    }
    return revision;
  }

  private static List<String> restoration(
      Path etcdctl, Path backup, Cluster cluster, Member member, long bump) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(etcdctl.toString(), "snapshot", "restore", backup.toString()));
    command.add("--name=" + member.name());
    command.add("--data-dir=" + member.data());
    command.add("--initial-cluster=" + cluster.initialCluster());
    command.add("--initial-cluster-token=" + cluster.token());
    command.add("--initial-advertise-peer-urls=" + member.advertisedPeerUrl());
    if (bump > 0) {
      command.add("--bump-revision=" + bump);
      command.add("--mark-compacted");
    }
    return command;
  }

  private static String etcdctl(Stage stage, List<String> command) throws Exception {
    return Child.run(stage.directory().resolve("etcdctl.log"), Map.of("ETCDCTL_API", "3"), command);
  }
}
