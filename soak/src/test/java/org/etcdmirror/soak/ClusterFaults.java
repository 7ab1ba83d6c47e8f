package org.etcdmirror.soak;

import static org.etcdmirror.soak.V3Gateway.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.etcdmirror.soak.Fault.End;

/** What happens to the membership of a cluster. */
final class ClusterFaults {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

  private ClusterFaults() {}

  /** A member is removed with its data, and an empty one joins at its place. */
  static End replaceMember(Stage stage, Step step) throws Exception {
    Cluster cluster = step.cluster(stage);
    Member gone = cluster.member(step.member());
    V3Gateway left = cluster.member(step.member() + 1).gateway();
    cluster.awaitAll();
    remove(left, id(left, gone));
    gone.kill();
    gone.deleteData();
    return () -> {
      if (id(left, gone).isEmpty()) {
        ObjectNode added = object();
        added.putArray("peerURLs").add(gone.advertisedPeerUrl().toString());
        left.ask("/v3/cluster/member/add", added);
      }
      cluster.restart(gone);
    };
  }

  /** Refused until all members have been there for some seconds. */
  private static void remove(V3Gateway cluster, String id) throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        cluster.ask("/v3/cluster/member/remove", object().put("ID", id));
        return;
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    }
  }

  /** The number of a member; empty if the cluster has none at its address. */
  private static String id(V3Gateway cluster, Member member) throws IOException {
    JsonNode list = cluster.ask("/v3/cluster/member/list", object());
    for (JsonNode each : list.path("members")) {
      if (each.at("/peerURLs/0").asText().equals(member.advertisedPeerUrl().toString())) {
        return each.path("ID").asText();
      }
    }
    return "";
  }

  static End moveLeader(Stage stage, Step step) throws Exception {
    Cluster cluster = step.cluster(stage);
    String target = status(cluster.member(step.member())).at("/header/member_id").asText();
    for (Member member : cluster.members()) {
      JsonNode status = status(member);
      if (status.path("leader").asText().equals(status.at("/header/member_id").asText())) {
        member
            .gateway()
            .ask("/v3/maintenance/transfer-leadership", object().put("targetID", target));
      }
    }
    return End.NOTHING;
  }

  private static JsonNode status(Member member) throws IOException {
    return member.gateway().ask("/v3/maintenance/status", object());
  }
}
