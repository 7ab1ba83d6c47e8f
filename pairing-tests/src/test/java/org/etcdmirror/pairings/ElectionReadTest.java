package org.etcdmirror.pairings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.core.DeleteLimit;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.ResyncReport;
import org.etcdmirror.testkit.etcd.EtcdCluster;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A source that elects a leader again and again while it is compared with the sink. */
@Tag("long")
@Timeout(600)
class ElectionReadTest {

  private static final int KEYS = 200;
  private static final int PAIRS_OF_ELECTIONS = 2;

  private final HttpClient http = HttpClient.newHttpClient();

  static List<String> kinds() {
    return Keyspace.kinds();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  @Execution(CONCURRENT)
  void resyncDuringElectionsDeletesNothing(String kind) throws Exception {
    try (EtcdCluster cluster = EtcdCluster.start();
        EtcdServer sinkEtcd = EtcdServer.start()) {
      Keyspace source = Keyspace.at(kind, cluster.clientUrls().toArray(URI[]::new));
      Link link = new Link(source, Keyspace.of(kind, sinkEtcd));
      for (int i = 0; i < KEYS; i++) {
        source.put("/conf/" + i, "v" + i);
      }
      Map<String, String> expected = source.values("/conf/");
      link.mirroredOnce();
      AtomicInteger resyncs = new AtomicInteger();
      CompletableFuture<Void> elections =
          CompletableFuture.runAsync(() -> killLeaders(cluster, resyncs));
      do {
        // The delete limit allows everything, so that it hides nothing.
        try (EtcdMirror mirror = link.mirror(b -> b.deleteLimit(DeleteLimit.percent(100)))) {
          ResyncReport report = mirror.syncOnce();
          assertThat(report.deleted()).as(report.describe()).isZero();
          assertThat(report.written()).as(report.describe()).isZero();
          assertThat(report.sourceEntries())
              .as("v2 has a directory")
              .isBetween((long) KEYS, KEYS + 1L);
        }
        resyncs.incrementAndGet();
      } while (!elections.isDone());
      elections.join();
      assertThat(link.sink().values("/conf/")).isEqualTo(expected);
    }
  }

  /** One resync may take as long as several elections, so each pair of them is seen to its end. */
  private void killLeaders(EtcdCluster cluster, AtomicInteger resyncs) {
    for (int i = 0; i < PAIRS_OF_ELECTIONS; i++) {
      int before = resyncs.get();
      killLeader(cluster);
      killLeader(cluster);
      Link.eventually("a resync ended after two elections", () -> resyncs.get() > before);
    }
  }

  private void killLeader(EtcdCluster cluster) {
    EtcdServer leader = leader(cluster);
    leader.kill();
    leader.restart();
  }

  private EtcdServer leader(EtcdCluster cluster) {
    EtcdServer[] found = new EtcdServer[1];
    Link.eventually(
        "there is a leader",
        () -> {
          for (int i = 0; i < cluster.size(); i++) {
            if (isLeader(cluster.member(i))) {
              found[0] = cluster.member(i);
            }
          }
          return found[0] != null;
        });
    return found[0];
  }

  private boolean isLeader(EtcdServer member) throws Exception {
    URI stats = member.clientUrl().resolve("/v2/stats/self");
    HttpRequest request = HttpRequest.newBuilder(stats).timeout(Duration.ofMinutes(2)).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .contains("\"state\":\"StateLeader\"");
  }
}
