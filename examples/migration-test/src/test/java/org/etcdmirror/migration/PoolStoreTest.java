package org.etcdmirror.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.etcdmirror.migration.PoolStore.Versioned;
import org.etcdmirror.testkit.etcd.EtcdServer;
import org.etcdmirror.testkit.junit.EtcdTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both stores behave the same. */
@Timeout(600)
@EtcdTest
class PoolStoreTest {

  private static final HostKey MW1 = HostKey.parse("eqiad/appserver/nginx/mw1");
  private static final HostKey ODD = HostKey.parse("eqiad/app server/nginx+ssl;%2F?/mw#1-é鍵");
  private static final HostState UP = new HostState(10, "yes");

  private static EtcdServer etcd;

  @BeforeAll
  static void startEtcd(EtcdServer server) {
    etcd = server;
  }

  /** Both stores, emptied: v2 and v3 share one server, but no keys. */
  static List<PoolStore> stores() throws IOException, InterruptedException {
    List<PoolStore> stores =
        List.of(PoolStore.at("v2:" + etcd.clientUrl()), PoolStore.at("v3:" + etcd.clientUrl()));
    for (PoolStore store : stores) {
      for (HostKey key : store.readAll().keySet()) {
        store.remove(key);
      }
    }
    return stores;
  }

  @ParameterizedTest
  @MethodSource("stores")
  void readsReturnTheWrittenStates(PoolStore store) throws Exception {
    assertThat(store.readAll()).isEmpty();
    assertThat(store.read(MW1)).isEmpty();
    store.write(MW1, UP);
    store.write(ODD, UP.withWeight(0));
    assertThat(store.readAll()).isEqualTo(Map.of(MW1, UP, ODD, UP.withWeight(0)));
    assertThat(store.read(ODD).map(Versioned::state)).contains(UP.withWeight(0));
    store.write(MW1, UP.withPooled("inactive"));
    store.remove(ODD);
    store.remove(ODD);
    assertThat(store.readAll()).isEqualTo(Map.of(MW1, UP.withPooled("inactive")));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void replaceSucceedsOnlyForTheVersionThatWasRead(PoolStore store) throws Exception {
    store.write(MW1, UP);
    long version = store.read(MW1).orElseThrow().version();
    assertThat(store.replace(MW1, UP.withWeight(20), version)).isTrue();
    assertThat(store.replace(MW1, UP.withWeight(30), version)).isFalse();
    assertThat(store.read(MW1).map(Versioned::state)).contains(UP.withWeight(20));
    store.remove(MW1);
    assertThat(store.replace(MW1, UP, version)).isFalse();
    assertThat(store.read(MW1)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("stores")
  void concurrentWritersLoseNoChange(PoolStore store) throws Exception {
    Pools pools = new Pools(store);
    store.write(MW1, new HostState(0, "yes"));
    ExecutorService writers = Executors.newFixedThreadPool(3);
    try {
      Callable<Void> twenty =
          () -> {
            for (int i = 0; i < 20; i++) {
              pools.change(MW1, state -> state.withWeight(state.weight() + 1));
            }
            return null;
          };
      List<Future<Void>> ends = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        ends.add(writers.submit(twenty));
      }
      pools.depool(MW1);
      for (Future<Void> end : ends) {
        end.get(3, TimeUnit.MINUTES);
      }
    } finally {
      writers.shutdownNow();
    }
    assertThat(store.read(MW1).map(Versioned::state)).contains(new HostState(60, "no"));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void changeOfAMissingHostFails(PoolStore store) {
    assertThatThrownBy(() -> new Pools(store).pool(MW1))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessageContaining(MW1.toString());
  }
}
