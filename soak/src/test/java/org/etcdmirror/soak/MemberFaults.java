package org.etcdmirror.soak;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.etcdmirror.soak.Fault.End;

/** What happens to one etcd. */
final class MemberFaults {

  private static final Duration DETACHING = Duration.ofSeconds(5);

  private MemberFaults() {}

  static End kill(Stage stage, Step step) throws Exception {
    Cluster cluster = step.cluster(stage);
    Member member = cluster.member(step.member());
    member.kill();
    return () -> cluster.restart(member);
  }

  static End freeze(Stage stage, Step step) throws Exception {
    Member member = step.cluster(stage).member(step.member());
    member.freeze(true);
    return () -> member.freeze(false);
  }

  static End defragment(Stage stage, Step step) throws Exception {
    step.cluster(stage)
        .member(step.member())
        .gateway()
        .ask("/v3/maintenance/defragment", V3Gateway.object());
    return End.NOTHING;
  }

  /** Each write to its disk takes up to half a second longer. */
  static End slowDisk(Stage stage, Step step) throws Exception {
    Path strace = Tools.strace();
    Member member = step.cluster(stage).member(step.member());
    int micros = 10_000 + step.amount() * 5_000;
    Child tracer =
        Child.start(
            Path.of("/dev/null"),
            Map.of(),
            List.of(
                strace.toString(),
                "-f",
                "-p",
                Long.toString(member.pid()),
                "-e",
                "trace=fsync,fdatasync",
                "-e",
                "inject=fsync,fdatasync:delay_exit=" + micros));
    return () -> {
      // Asked to end, it lets the member go.
      tracer.signal("TERM");
      tracer.ends(DETACHING);
      tracer.close();
    };
  }
}
