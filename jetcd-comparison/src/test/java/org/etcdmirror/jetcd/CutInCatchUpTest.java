package org.etcdmirror.jetcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import java.util.Set;
import java.util.TreeSet;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
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

  /** Less than these changes take, and more than it takes to ask for them. */
  private static final int CUT_AFTER_BYTES = 20_000;

  private final Away away;

  CutInCatchUpTest(EtcdServer server) {
    this.away = new Away(server);
  }

  @AfterEach
  void close() {
    away.close();
  }

  @Test
  void aLiveMapHasEachChange() throws Exception {
    try (LiveMap<String> map = LiveMaps.start(away.line().url())) {
      assertThat(map.awaitLevel(PATIENCE)).isTrue();
      away.begin(CHANGES);
      away.endWithACutAfter(CUT_AFTER_BYTES);
      assertThat(map.await(away.put("last"), PATIENCE)).isTrue();
      assertThat(LiveMaps.values(map)).isEqualTo(away.values());
      assertThat(map.mirror().status().counters().gaps()).isZero();
    }
  }

  /** If this fails because jetcd has become better, docs/embed.md has to say so. */
  @Test
  void aHandWrittenCacheMissesChangesAndIsToldOnlyOfTheConnection() throws Exception {
    try (HandWrittenCache cache = new HandWrittenCache(away.line().url(), Away.PREFIX)) {
      away.put("follows");
      await().atMost(PATIENCE).until(() -> cache.contains(Away.PREFIX + "follows"));
      away.begin(CHANGES);
      away.endWithACutAfter(CUT_AFTER_BYTES);
      away.put("last");
      await().atMost(PATIENCE).until(() -> cache.contains(Away.PREFIX + "last"));
      Set<String> missing = new TreeSet<>(away.values().keySet());
      missing.removeAll(cache.values().keySet());
      System.out.printf("jetcd: %d of %d changes are missing%n", missing.size(), CHANGES);
      assertThat(missing).isNotEmpty();
      // Each lost connection is reported so, also if nothing is lost with it.
      assertThat(cache.errors())
          .extracting(each -> EtcdExceptionFactory.toEtcdException(each).getErrorCode())
          .containsOnly(ErrorCode.UNAVAILABLE);
    }
  }
}
