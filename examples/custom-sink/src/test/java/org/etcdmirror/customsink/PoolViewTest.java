package org.etcdmirror.customsink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.customsink.Batches.ROOT;
import static org.etcdmirror.customsink.Batches.batch;
import static org.etcdmirror.customsink.Batches.delete;
import static org.etcdmirror.customsink.Batches.host;
import static org.etcdmirror.customsink.Batches.put;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(600)
class PoolViewTest {

  private final PoolView view = new PoolView(ROOT);

  @Test
  void poolShowsItsHostsAndTheWeightsOfPooledHosts() {
    view.apply(
        batch(
            host("mw1", 10, "yes", 1),
            host("mw2", 20, "no", 2),
            host("mw3", 30, "inactive", 3),
            host("mw4", 0, "yes", 4),
            put(ROOT + "/codfw/appserver/nginx/mw9", "{\"weight\":1,\"pooled\":\"yes\"}", 5),
            put(ROOT + "/eqiad/appserver/nginx-ssl/mw8", "{\"weight\":1,\"pooled\":\"yes\"}", 6)));
    assertThat(nginx().weights()).isEqualTo(Map.of("mw1", 10, "mw4", 0));
    assertThat(nginx().hosts())
        .containsOnlyKeys("mw1", "mw2", "mw3", "mw4")
        .containsEntry("mw3", new Host(30, Host.Pooled.INACTIVE));
    assertThat(view.pools().index()).isEqualTo(6);
    assertThat(view.pools().pool("eqiad", "appserver", "none").hosts()).isEmpty();
  }

  @Test
  void deletedHostIsRemovedFromItsPool() {
    view.apply(batch(host("mw1", 10, "yes", 1), host("mw2", 20, "yes", 2)));
    view.apply(batch(delete(ROOT + "/eqiad/appserver/nginx/mw1", 3)));
    assertThat(nginx().weights()).isEqualTo(Map.of("mw2", 20));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "{\"weight\": 10, \"pooled\": \"yes\"} {}",
        "[10, \"yes\"]",
        "{\"pooled\": \"yes\"}",
        "{\"weight\": \"10\", \"pooled\": \"yes\"}",
        "{\"weight\": 1.5, \"pooled\": \"yes\"}",
        "{\"weight\": -1, \"pooled\": \"yes\"}",
        "{\"weight\": 4294967306, \"pooled\": \"yes\"}",
        "{\"weight\": 10}",
        "{\"weight\": 10, \"pooled\": \"YES\"}",
        "{\"weight\": 10, \"pooled\": \"yes\", \"pooled\": \"no\"}"
      })
  void unreadableValueReplacesTheOldOneAndIsReported(String value) {
    view.apply(batch(host("mw1", 10, "yes", 1), host("mw2", 20, "yes", 2)));
    String key = ROOT + "/eqiad/appserver/nginx/mw1";
    view.apply(batch(put(key, value, 3)));
    assertThat(nginx().weights()).isEqualTo(Map.of("mw2", 20));
    assertThat(nginx().unreadable()).containsOnlyKeys("mw1");
    assertThat(view.pools().unreadable()).containsOnlyKeys(key);

    view.apply(batch(host("mw1", 5, "yes", 4)));
    assertThat(nginx().weights()).isEqualTo(Map.of("mw1", 5, "mw2", 20));
    assertThat(view.pools().unreadable()).isEmpty();
  }

  @Test
  void unknownFieldsAreIgnored() {
    view.apply(
        batch(
            put(
                ROOT + "/eqiad/appserver/nginx/mw1",
                "{\"weight\": 10, \"pooled\": \"yes\", \"comment\": \"new disk\"}",
                1)));
    assertThat(nginx().weights()).isEqualTo(Map.of("mw1", 10));
  }

  @Test
  void malformedKeyBelowTheRootIsReportedAsUnreadable() {
    view.apply(
        batch(
            put(ROOT + "/eqiad/appserver/nginx", "{}", 1),
            put(ROOT + "/eqiad/appserver/nginx/mw1/more", "{}", 2),
            put("/conftool/v1/mediawiki/readonly", "false", 3)));
    assertThat(view.pools().unreadable())
        .containsOnlyKeys(
            ROOT + "/eqiad/appserver/nginx", ROOT + "/eqiad/appserver/nginx/mw1/more");
    assertThat(nginx().hosts()).isEmpty();
  }

  @Test
  void readersSeeEachBatchWholeOrNotAtAll() throws Exception {
    view.apply(batch(host("mw1", 0, "yes", 1), host("mw2", 0, "yes", 2)));
    AtomicBoolean ended = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(1);
    CompletableFuture<Void> reader =
        CompletableFuture.runAsync(() -> {
          while (!ended.get()) {
            Map<String, Integer> weights = nginx().weights();
            assertThat(weights.get("mw1")).isEqualTo(weights.get("mw2"));
            reading.countDown();
          }
        });
    assertThat(reading.await(3, TimeUnit.MINUTES)).isTrue();
    for (int i = 1; i < 20_000 && !reader.isDone(); i++) {
      view.apply(batch(host("mw1", i, "yes", 2L * i + 1), host("mw2", i, "yes", 2L * i + 2)));
    }
    ended.set(true);
    reader.get(3, TimeUnit.MINUTES);
  }

  private Pool nginx() {
    return view.pools().pool("eqiad", "appserver", "nginx");
  }
}
