package org.etcdmirror.soak;

import org.etcdmirror.soak.Fault.End;

/** What happens to one etcd. */
final class MemberFaults {

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
}
