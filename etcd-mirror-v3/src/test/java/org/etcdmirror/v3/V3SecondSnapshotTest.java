package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.v3.internal.read.V3Snapshot;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class V3SecondSnapshotTest {

  private static final Selection ALL = Selection.of(Bytes.utf8("/conf/"));
  private static EtcdCluster cluster;

  @BeforeAll
  static void start() {
    cluster = EtcdServer.builder().enableV2(false).startCluster(3);
    V3Http http = new V3Http(cluster.clientUrls().get(0));
    for (int i = 0; i < 5; i++) {
      http.put("/conf/" + i, "" + i);
    }
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  private static V3Source source(List<URI> endpoints) {
    return V3Source.builder().endpoints(endpoints.stream().map(URI::toString).toList()).build();
  }

  /** Returns the id of the member that answered. */
  private static long member(Callable<Snapshot> opening) throws Exception {
    try (Snapshot snapshot = V3Patience.read(opening)) {
      Map<String, String> found = new TreeMap<>();
      for (var entry = snapshot.next(); entry != null; entry = snapshot.next()) {
        found.put(entry.key().utf8(), ((MirrorEvent.Put) entry).value().utf8());
      }
      assertThat(found)
          .containsOnly(
              Map.entry("/conf/0", "0"),
              Map.entry("/conf/1", "1"),
              Map.entry("/conf/2", "2"),
              Map.entry("/conf/3", "3"),
              Map.entry("/conf/4", "4"));
      return ((V3Snapshot) snapshot).member();
    }
  }

  @Test
  void secondSnapshotIsReadFromAnotherMember() throws Exception {
    try (V3Source source = source(cluster.clientUrls())) {
      Set<Long> members = new HashSet<>();
      long last = member(() -> source.snapshot(ALL));
      for (int i = 0; i < 3; i++) {
        members.add(last);
        assertThat(member(() -> source.snapshot(ALL))).as("an ordinary snapshot").isEqualTo(last);
        long other = member(() -> source.secondSnapshot(ALL));
        assertThat(other).isNotEqualTo(last);
        last = other;
      }
      assertThat(members).hasSize(3);
    }
  }

  @Test
  void secondSnapshotAvoidsFirstMemberEvenAfterFailover() throws Exception {
    List<URI> two = cluster.clientUrls().subList(0, 2);
    try (V3Source source = source(two)) {
      long first = member(() -> source.snapshot(ALL));
      EtcdServer away = cluster.member(0);
      away.kill();
      // Moves the source on to the other member.
      V3Patience.read(() -> source.head(ALL));
      away.restart();
      assertThat(member(() -> source.secondSnapshot(ALL))).isNotEqualTo(first);
    }
  }

  @Test
  void secondSnapshotUsesSameMemberIfItIsTheOnlyOne() throws Exception {
    try (V3Source source = source(cluster.clientUrls().subList(1, 2))) {
      long first = member(() -> source.snapshot(ALL));
      assertThat(member(() -> source.secondSnapshot(ALL))).isEqualTo(first);
    }
  }
}
