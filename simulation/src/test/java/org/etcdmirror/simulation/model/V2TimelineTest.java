package org.etcdmirror.simulation.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a copy may hold when it claims an index. */
class V2TimelineTest {

  private final V2Store store = new V2Store(() -> 0L);
  private final V2Timeline timeline = new V2Timeline(key -> key.startsWith("/conf/"));

  V2TimelineTest() {
    timeline.begin(store);
    store.recorder(timeline::happened);
  }

  private long put(String key, String value) {
    return carriedOut("PUT", key, Map.of("value", value));
  }

  private long carriedOut(String method, String key, Map<String, String> parameters) {
    V2Reply unused = store.answer(new V2Request(method, key, parameters).at(0));
    return store.index();
  }

  @Test
  void copyMayBeAheadOfItsIndexAndNotBehindIt() {
    long first = put("/conf/a", "1");
    long second = put("/conf/a", "2");

    assertThat(timeline.olderThan(first, Map.of("/conf/a", "1"), key -> true)).isEmpty();
    assertThat(timeline.olderThan(first, Map.of("/conf/a", "2"), key -> true)).isEmpty();
    assertThat(timeline.olderThan(second, Map.of("/conf/a", "1"), key -> true))
        .containsExactly("/conf/a");
  }

  @Test
  void keyThatIsGoneFromTheSourceOrFromTheCopyIsFound() {
    long there = put("/conf/d/a", "1");
    long gone = carriedOut("DELETE", "/conf/d", Map.of("recursive", "true"));

    assertThat(timeline.olderThan(gone, Map.of("/conf/d/a", "1"), key -> true))
        .containsExactly("/conf/d/a");
    assertThat(timeline.olderThan(there, Map.of(), key -> true)).isEmpty();
    long again = put("/conf/d/a", "2");
    assertThat(timeline.olderThan(again, Map.of(), key -> true)).containsExactly("/conf/d/a");
    assertThat(timeline.olderThan(again, Map.of(), key -> false)).isEmpty();
  }

  @Test
  void copyMayBeOfAFormerHistory() {
    put("/conf/a", "1");
    timeline.begin(new V2Store(() -> 0L));

    assertThat(timeline.olderThan(store.index(), Map.of("/conf/a", "1"), key -> true)).isEmpty();
    assertThat(timeline.olderThan(store.index(), Map.of(), key -> true)).isEmpty();
    assertThat(timeline.olderThan(store.index(), Map.of("/conf/a", "0"), key -> true))
        .containsExactly("/conf/a");
  }
}
