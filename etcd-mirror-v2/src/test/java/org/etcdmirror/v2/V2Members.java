package org.etcdmirror.v2;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.etcdmirror.testkit.etcd.EtcdCluster;

/** Finds the roles of cluster members. */
final class V2Members {

  private V2Members() {}

  /** The number of a follower. */
  static int follower(EtcdCluster cluster) throws IOException {
    for (int i = 0; i < cluster.size(); i++) {
      var self = cluster.member(i).clientUrl().resolve("/v2/stats/self").toURL();
      try (InputStream body = self.openStream()) {
        String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
        if (text.contains("StateFollower")) {
          return i;
        }
      }
    }
    throw new AssertionError("no member follows");
  }
}
