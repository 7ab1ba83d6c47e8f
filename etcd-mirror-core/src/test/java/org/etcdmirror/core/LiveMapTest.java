package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.etcdmirror.core.MirrorFixture.PATIENCE;
import static org.etcdmirror.core.MirrorFixture.eventually;

import java.time.Duration;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.core.live.Decoder;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveView;
import org.junit.jupiter.api.Test;

class LiveMapTest extends LiveMapFixture {

  @Test
  void firstCopyAndEveryChangeArrive() throws Exception {
    source.put("/conf/a", "1");
    source.put("/other/b", "2");
    LiveMap<String> map = level();
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/a", "1"));
    await(map, source.put("/conf/c", "3"));
    assertThat(map.get("/conf/c")).contains("3");
    await(map, source.delete("/conf/a"));
    assertThat(map.get("/conf/a")).isEmpty();
    assertThat(map.view().size()).isEqualTo(1);
  }

  @Test
  void aViewStaysAsItIs() throws Exception {
    source.put("/conf/a", "1");
    LiveMap<String> map = level();
    LiveView<String> before = map.view();
    await(map, source.put("/conf/a", "2"));
    await(map, source.put("/conf/b", "3"));
    assertThat(text(before)).isEqualTo(Map.of("/conf/a", "1"));
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/a", "2", "/conf/b", "3"));
  }

  @Test
  void nothingIsShownBeforeTheFirstCopyIsComplete() throws Exception {
    for (int i = 0; i < 3000; i++) {
      source.put("/conf/a" + i, "1");
    }
    source.put("/conf/z", "held");
    LiveMap<String> map = started(builder -> builder);
    heldReached.await();
    assertThat(map.view().size()).isZero();
    assertThat(map.view().index()).isZero();
    assertThat(map.await(source.index(), Duration.ZERO)).isFalse();
    gate.countDown();
    await(map, source.index());
    assertThat(map.view().size()).isEqualTo(3001);
    assertThat(map.view().index()).isEqualTo(source.index());
  }

  @Test
  void theIndexOfAQuietMapFollowsTheSource() throws Exception {
    source.put("/conf/a", "1");
    LiveMap<String> map = level();
    source.foreignWrites(1000);
    eventually(() -> map.view().index() == source.index());
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/a", "1"));
  }

  @Test
  void severalPrefixesAreOneMap() throws Exception {
    source.put("/conf/a", "1");
    source.put("/more/b", "2");
    source.put("/other/c", "3");
    LiveMap<String> map = level(builder -> builder.prefix("/more/"));
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/a", "1", "/more/b", "2"));
    assertThat(map.view().entries("/more/")).containsOnlyKeys(Bytes.utf8("/more/b"));
  }

  @Test
  void whatTheFilterRefusesIsNotHeld() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/secret", "2");
    LiveMap<String> map =
        level(builder ->
            builder
                .filter((key, value) -> !key.utf8().endsWith("secret"))
                .filter((key, value) -> value.size() < 3));
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/a", "1"));
    await(map, source.put("/conf/b", "12"));
    assertThat(map.get("/conf/b")).contains("12");
    await(map, source.put("/conf/b", "123"));
    assertThat(map.get("/conf/b")).isEmpty();
    assertThat(map.mirror().verify().isEqual()).isTrue();
  }

  @Test
  void anEmptySourceEmptiesTheMapWithoutApproval() throws Exception {
    for (int i = 0; i < 500; i++) {
      source.put("/conf/a" + i, "1");
    }
    LiveMap<String> map = level();
    source.replaceCluster("cluster-2", 5);
    eventually(() -> map.view().size() == 0);
    await(map, source.put("/conf/new", "1"));
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/new", "1"));
  }

  @Test
  void afterAFailureTheLastStateStaysAndTheCauseIsKnown() throws Exception {
    source.put("/conf/a", "1");
    LiveMap<String> map = level();
    source.faults.failNext("poll", new PermanentException("the user may not read"));
    source.put("/conf/a", "2");
    eventually(() -> map.mirror().failure().isPresent());
    assertThat(map.mirror().status().state()).isEqualTo(MirrorState.FAILED);
    assertThat(map.awaitLevel(PATIENCE)).isFalse();
    assertThat(map.get("/conf/a")).isPresent();
  }

  @Test
  void closingEndsTheThreadsAndKeepsTheLastState() throws Exception {
    source.put("/conf/a", "1");
    LiveMap<String> map = level(builder -> builder.mirror(mirror -> mirror.link("closed-map")));
    map.close();
    map.close();
    assertThat(source.isClosed()).isTrue();
    assertThat(map.get("/conf/a")).contains("1");
    eventually(() ->
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("etcd-mirror-closed-map-")));
  }

  @Test
  void aMapWithoutAPrefixIsRefused() {
    assertThatThrownBy(() -> LiveMap.builder(source, Decoder.utf8()).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("prefix");
  }
}
