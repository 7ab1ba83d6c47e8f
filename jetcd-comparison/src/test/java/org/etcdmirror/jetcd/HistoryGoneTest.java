package org.etcdmirror.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cache is away while keys change, and the history of these changes is compacted. */
@Timeout(600)
@EtcdTest(v2 = false)
class HistoryGoneTest {

  private static final int CHANGES = 200;

  private final Away away;

  HistoryGoneTest(EtcdServer server) {
    this.away = new Away(server);
  }

  @AfterEach
  void close() {
    away.close();
  }

  @Test
  void aLiveMapReadsTheStateAgain() throws Exception {
    try (LiveMap<String> map = LiveMaps.start(away.line().url())) {
      assertThat(map.awaitLevel(PATIENCE)).isTrue();
      away.begin(CHANGES);
      away.compact();
      away.end();
      assertThat(map.await(away.put("last"), PATIENCE)).isTrue();
      assertThat(LiveMaps.values(map)).isEqualTo(away.values());
    }
  }

  @Test
  void aHandWrittenCacheIsToldAndStaysBehind() throws Exception {
    try (HandWrittenCache cache = new HandWrittenCache(away.line().url(), Away.PREFIX)) {
      away.put("follows");
      await().atMost(PATIENCE).until(() -> cache.contains(Away.PREFIX + "follows"));
      away.begin(CHANGES);
      away.compact();
      away.end();
      await().atMost(PATIENCE).until(() -> !cache.errors().isEmpty());
      assertThat(cache.values()).hasSizeLessThan(away.values().size());
    }
  }
}
