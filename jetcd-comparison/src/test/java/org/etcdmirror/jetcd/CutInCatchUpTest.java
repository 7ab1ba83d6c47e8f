package org.etcdmirror.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.etcd.V3Http;
import org.etcdmirror.testkit.fault.FaultProxy;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.etcdmirror.v3.V3Source;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A cache is away while 6,000 keys change. When it returns, the connection breaks once more, in the
 * middle of what it catches up with, and holds from then on.
 */
@Timeout(600)
@EtcdTest(v2 = false)
class CutInCatchUpTest {

  private static final int CHANGES = 6_000;
  private static final int IN_ONE_REQUEST = 100;

  /** Less than these changes take, and more than it takes to ask for them. */
  private static final int CUT_AFTER_BYTES = 20_000;

  private final V3Http etcd;
  private final FaultProxy proxy;

  CutInCatchUpTest(EtcdServer server) {
    this.etcd = new V3Http(server.clientUrl());
    this.proxy = FaultProxy.to(server.clientUrl());
    etcd.put("/cache/before", "1");
  }

  @AfterEach
  void closeProxy() {
    proxy.close();
  }

  @Test
  void aLiveMapHasEachChange() throws Exception {
    try (LiveMap<String> map =
        LiveMap.builder(V3Source.of(proxy.url().toString()), Decoder.utf8())
            .prefix("/cache/")
            .start()) {
      assertThat(map.awaitLevel(PATIENCE)).isTrue();
      changeWhileItIsAwayAndCutWhenItReturns();
      assertThat(map.await(etcd.put("/cache/last", "1"), PATIENCE)).isTrue();
      assertThat(map.view().entries()).isEqualTo(text(etcd.values("/cache/")));
      assertThat(map.mirror().status().counters().resyncs()).as("copies").isEqualTo(1);
    }
  }

  /** If this fails because jetcd has become better: say so in the documentation. */
  @Test
  void aHandWrittenCacheMissesChangesWithoutAnError() throws Exception {
    try (HandWrittenCache cache = new HandWrittenCache(proxy.url(), "/cache/")) {
      etcd.put("/cache/follows", "1");
      await().atMost(PATIENCE).until(() -> cache.contains("/cache/follows"));
      changeWhileItIsAwayAndCutWhenItReturns();
      etcd.put("/cache/last", "1");
      await().atMost(PATIENCE).until(() -> cache.contains("/cache/last"));
      Map<String, String> missing = new TreeMap<>();
      etcd.values("/cache/").forEach((key, value) -> missing.put(key.utf8(), value.utf8()));
      missing.keySet().removeAll(cache.values().keySet());
      System.out.printf("jetcd: %d of %d changes are missing%n", missing.size(), CHANGES);
      assertThat(missing).isNotEmpty();
      assertThat(cache.errors()).as("what the application was told").isEmpty();
    }
  }

  private void changeWhileItIsAwayAndCutWhenItReturns() {
    proxy.refuse(true);
    proxy.cutAll();
    List<V3Http.Write> writes = new ArrayList<>();
    for (int i = 0; i < CHANGES; i++) {
      writes.add(V3Http.Write.put(Bytes.utf8("/cache/" + i), Bytes.utf8("value ".repeat(10))));
      if (writes.size() == IN_ONE_REQUEST) {
        etcd.commit(writes);
        writes.clear();
      }
    }
    proxy.truncateAfter(CUT_AFTER_BYTES);
    int before = proxy.accepted();
    proxy.refuse(false);
    // A connection keeps the limit that it was made under.
    await().atMost(PATIENCE).until(() -> proxy.accepted() > before && proxy.connections() > 0);
    proxy.truncateAfter(Long.MAX_VALUE);
  }

  private static Map<Bytes, String> text(Map<Bytes, Bytes> values) {
    Map<Bytes, String> text = new TreeMap<>();
    values.forEach((key, value) -> text.put(key, value.utf8()));
    return text;
  }
}
