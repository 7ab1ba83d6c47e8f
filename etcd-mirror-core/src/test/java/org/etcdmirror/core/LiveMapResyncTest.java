package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.core.MirrorFixture.eventually;

import java.util.List;
import java.util.Map;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.live.LiveChange;
import org.etcdmirror.core.live.LiveMap;
import org.etcdmirror.core.live.LiveUpdate;
import org.etcdmirror.core.live.LiveView;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class LiveMapResyncTest extends LiveMapFixture {

  private static LiveChange<String> change(
      String key, @Nullable String before, @Nullable String after) {
    return new LiveChange<>(Bytes.utf8(key), before, after);
  }

  private LiveUpdate<String> last() {
    return updates.get(updates.size() - 1);
  }

  @Test
  void listenersGetOnlyWhatAResyncFoundToDiffer() throws Exception {
    source.put("/conf/changed", "1");
    source.put("/conf/deleted", "1");
    source.put("/conf/same", "1");
    LiveMap<String> map = level();
    eventually(() -> updates.size() == 1);
    missHistory(() -> {
      source.put("/conf/changed", "2");
      source.delete("/conf/deleted");
      source.put("/conf/new", "2");
      source.put("/conf/same", "1");
    });
    await(map, source.index());
    eventually(() -> updates.size() == 2);
    assertThat(map.mirror().status().counters().resyncs()).isEqualTo(2);
    assertThat(last().changes())
        .isEqualTo(
            List.of(
                change("/conf/changed", "1", "2"),
                change("/conf/deleted", "1", null),
                change("/conf/new", null, "2")));
    assertThat(last().before()).isSameAs(updates.get(0).after());
    assertThat(text(last().after())).isEqualTo(text(map.view()));
  }

  @Test
  void aResyncIsShownAsOneChange() throws Exception {
    for (int i = 0; i < 3000; i++) {
      source.put("/conf/a" + i, "old");
    }
    source.put("/conf/z", "old");
    LiveMap<String> map = level();
    LiveView<String> before = map.view();
    eventually(() -> updates.size() == 1);
    missHistory(() -> {
      for (int i = 0; i < 3000; i++) {
        source.put("/conf/a" + i, "new");
      }
      source.put("/conf/z", "held");
    });
    heldReached.await();
    // Most of it is written by now.
    assertThat(map.view()).isSameAs(before);
    gate.countDown();
    await(map, source.index());
    assertThat(map.view().entries().values()).doesNotContain("old").hasSize(3001);
    eventually(() -> updates.size() == 2);
    assertThat(last().changes()).hasSize(3001);
  }

  @Test
  void anotherClusterTakesThePlaceOfTheFormerOneAtOnce() throws Exception {
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    LiveMap<String> map = level();
    eventually(() -> updates.size() == 1);
    synchronized (source) {
      source.replaceCluster("cluster-2", 3);
      source.put("/conf/b", "2");
    }
    eventually(() -> updates.size() == 2);
    assertThat(last().changes())
        .isEqualTo(List.of(change("/conf/a", "1", null), change("/conf/b", "1", "2")));
    assertThat(text(map.view())).isEqualTo(Map.of("/conf/b", "2"));
    assertThat(map.view().index()).isLessThan(10);
  }
}
