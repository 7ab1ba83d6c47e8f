package org.etcdmirror.v3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;
import static org.etcdmirror.v3.V3Mirroring.eventually;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveChange;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveUpdate;
import org.etcdmirror.core.live.LiveView;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.etcd.V3Http.Write;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.fault.LinkLimits;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A map that was away has a backlog, and its connection is cut while it reads that. */
@EtcdTest(v2 = false)
@Timeout(600)
class LiveMapCatchUpTest {

  /** etcd sends a thousand in one answer. */
  private static final int REVISIONS = 6000;

  /** The backlog takes some seconds. */
  private static final long BYTES_PER_SECOND = 300_000;

  private static final Bytes LAST = Bytes.utf8("/conf/last");

  private final List<LiveUpdate<String>> updates = new CopyOnWriteArrayList<>();

  private LiveMap<String> map(FaultProxy proxy) {
    return LiveMap.builder(V3Source.of(proxy.url().toString()), Decoder.utf8())
        .prefix("/conf/")
        .listener(updates::add)
        .start();
  }

  /** Each revision puts a key of its own and its number. */
  private static long write(V3Http http) {
    long revision = 0;
    for (int i = 0; i < REVISIONS; i++) {
      Bytes number = Bytes.utf8("" + i);
      revision =
          http.commit(
              List.of(Write.put(Bytes.utf8("/conf/key/" + i), number), Write.put(LAST, number)));
    }
    return revision;
  }

  @Test
  void nothingIsLostWhereTheConnectionIsCutInTheMiddleOfCatchUp(EtcdServer etcd) throws Exception {
    V3Http http = new V3Http(etcd.clientUrl());
    http.put("/conf/last", "none");
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        LiveMap<String> map = map(proxy)) {
      assertThat(map.awaitLevel(PATIENCE)).isTrue();
      proxy.refuse(true);
      proxy.cutAll();
      long revision = write(http);
      proxy.link(LinkLimits.bandwidth(BYTES_PER_SECOND));
      proxy.refuse(false);
      eventually("a part of the backlog", () -> assertThat(map.view().size()).isGreaterThan(1));
      assertThat(map.view().size()).as("a part").isLessThan(REVISIONS);
      int accepted = proxy.accepted();
      proxy.cutAll();
      eventually("next connection", () -> assertThat(proxy.accepted()).isGreaterThan(accepted));
      proxy.cutAll();
      proxy.heal();
      assertThat(map.await(revision, PATIENCE)).as(map.mirror().status().toString()).isTrue();
      assertThat(text(map.view())).isEqualTo(values(http));
      assertThat(map.mirror().status().counters().resyncs()).isEqualTo(1);
      eventually("all updates", () -> assertThat(lastUpdate().after().index()).isEqualTo(revision));
      assertEachUpdateIsAStateOfTheSource();
    }
  }

  @Test
  void listenersGetTheDifferenceWhereTheBacklogIsCompacted(EtcdServer etcd) throws Exception {
    V3Http http = new V3Http(etcd.clientUrl());
    http.put("/conf/a", "1");
    http.put("/conf/b", "1");
    http.put("/conf/c", "1");
    try (FaultProxy proxy = FaultProxy.to(etcd.clientUrl());
        LiveMap<String> map = map(proxy)) {
      assertThat(map.awaitLevel(PATIENCE)).isTrue();
      eventually("first update", () -> assertThat(updates).hasSize(1));
      proxy.refuse(true);
      proxy.cutAll();
      http.put("/conf/a", "2");
      http.delete("/conf/b");
      http.compact(http.put("/conf/a", "3"));
      proxy.heal();
      proxy.refuse(false);
      assertThat(map.await(http.revision(), PATIENCE)).isTrue();
      eventually("second update", () -> assertThat(updates).hasSize(2));
      assertThat(lastUpdate().changes())
          .isEqualTo(
              List.of(
                  new LiveChange<>(Bytes.utf8("/conf/a"), "1", "3"),
                  new LiveChange<>(Bytes.utf8("/conf/b"), "1", null)));
    }
  }

  private LiveUpdate<String> lastUpdate() {
    return updates.get(updates.size() - 1);
  }

  /** The last number says which keys are there. */
  private void assertEachUpdateIsAStateOfTheSource() {
    int added = 0;
    for (LiveUpdate<String> update : updates) {
      LiveView<String> after = update.after();
      String last = after.get(LAST).orElseThrow();
      int keys = last.equals("none") ? 0 : Integer.parseInt(last) + 1;
      assertThat(after.entries("/conf/key/")).hasSize(keys);
      added += (int) update.changes().stream().filter(c -> c.before() == null).count();
    }
    assertThat(added).isEqualTo(REVISIONS + 1);
  }

  private static Map<String, String> text(LiveView<String> view) {
    Map<String, String> text = new TreeMap<>();
    view.entries().forEach((key, value) -> text.put(key.utf8(), value));
    return text;
  }

  private static Map<String, String> values(V3Http http) {
    Map<String, String> text = new TreeMap<>();
    http.values("/conf/").forEach((key, value) -> text.put(key.utf8(), value.utf8()));
    return text;
  }
}
