package org.etcdmirror.v2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.MirrorEvent;
import org.etcdmirror.api.UnsupportedEntryException;
import org.etcdmirror.core.EtcdMirror;
import org.etcdmirror.core.MirrorScope;
import org.etcdmirror.core.MirrorState;
import org.etcdmirror.core.UnsupportedEntries;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proxy in front of the sink refuses requests as large as some values. */
@Timeout(300)
class V2TooLargeTest {

  private static final int LIMIT = 100_000;
  private static final String LARGE = "x".repeat(150_000);

  private Mirroring pair;
  private LimitingProxy proxy;

  @BeforeEach
  void start() throws Exception {
    pair = Mirroring.start();
    proxy = new LimitingProxy(pair.sinkEtcd.clientUrl(), LIMIT);
  }

  @AfterEach
  void stop() {
    proxy.close();
    pair.close();
  }

  private EtcdMirror mirror(UnsupportedEntries unsupported) {
    List<String> to = List.of(proxy.url());
    return EtcdMirror.builder()
        .source(V2Source.builder().endpoints(pair.sourceEtcd.clientUrl().toString()).build())
        .sink(V2Sink.builder().endpoints(to).build())
        .scope(MirrorScope.of("/conf"))
        .unsupportedEntries(unsupported)
        .build();
  }

  @Test
  void followingMirrorFailsAndNamesKeySizeAndLimit() throws Exception {
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      mirror.start();
      pair.awaitLevel(mirror);
      pair.source.put("/conf/large", LARGE);
      Mirroring.eventually(
          "failed", () -> assertThat(mirror.status().state()).isEqualTo(MirrorState.FAILED));
      assertThat(mirror.status().lastError())
          .contains("'/conf/large' (the value is too large: 150000 bytes")
          .contains("HTTP 413")
          .contains("refused a request of 150")
          .contains("client_max_body_size")
          .contains(proxy.url());
      assertThat(proxy.refused).hasValue(1);
    }
  }

  @Test
  void initialCopyFailsAndNamesKeyAndSize() {
    pair.source.put("/conf/large", LARGE);
    try (EtcdMirror mirror = mirror(UnsupportedEntries.FAIL)) {
      assertThatThrownBy(mirror::run)
          .hasCauseInstanceOf(UnsupportedEntryException.class)
          .hasMessageContaining("'/conf/large' (the value is too large: 150000 bytes")
          .hasMessageMatching(".*");
    }
  }

  @Test
  void skippedValueDelaysNoChangesAndLeavesNoOlderValue() throws Exception {
    for (int i = 0; i < 20; i++) {
      pair.source.put("/conf/" + i, i % 5 == 0 ? LARGE : "v");
    }
    try (EtcdMirror mirror = mirror(UnsupportedEntries.SKIP)) {
      mirror.start();
      pair.awaitLevel(mirror);
      assertThat(held("/conf/5")).isEmpty();
      assertThat(held("/conf/6")).isEqualTo("v");
      assertThat(mirror.status().counters().unsupportedEntries()).isEqualTo(4);

      pair.source.put("/conf/6", LARGE);
      pair.source.put("/conf/7", "later");
      pair.awaitLevel(mirror);
      assertThat(held("/conf/6")).isEmpty();
      assertThat(held("/conf/7")).isEqualTo("later");

      pair.source.put("/conf/6", "small");
      pair.awaitLevel(mirror);
      assertThat(held("/conf/6")).isEqualTo("small");
      assertThat(mirror.status().state()).isEqualTo(MirrorState.FOLLOWING);
    }
  }

  @Test
  void otherEndpointMayAcceptLargeValue() throws Exception {
    try (V2Sink sink =
        OpenedV2Sink.of(V2Sink.of(proxy.url(), pair.sinkEtcd.clientUrl().toString()), "/conf")) {
      sink.apply(batch(Mirroring.put("/conf/large", LARGE, 7)));
      assertThat(held("/conf/large")).isEqualTo(LARGE);
      assertThat(proxy.refused).hasValue(1);
    }
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void batchWritesOtherEntriesAndNamesAllTooLargeOnes(KeyModel model) throws Exception {
    try (V2Sink sink =
        OpenedV2Sink.of(V2Sink.of(proxy.url()), model, List.of("/conf"), List.of())) {
      assertThatThrownBy(() ->
              sink.apply(
                  batch(
                      Mirroring.put("/conf/a", LARGE, 7),
                      Mirroring.put("/conf/b", "x".repeat(11_000_000), 8),
                      Mirroring.put("/conf/c", "v", 9))))
          .isInstanceOf(UnsupportedEntryException.class)
          .hasMessageContaining("cannot hold 2 entries")
          .hasMessageContaining("'/conf/a' (the value is too large: 150000 bytes")
          .hasMessageContaining(
              "'/conf/b' (the value is too large: 11000000 bytes; etcd v2 accepts at most");
      assertThat(held("/conf/c")).isEqualTo("v");
      sink.apply(batch(Mirroring.put("/conf/a", "small", 10)));
      assertThat(held("/conf/a")).isEqualTo("small");
    }
  }

  /** The value that the sink holds; empty if there is none. */
  private String held(String key) {
    return pair.sink.get(key, "quorum=true").json().path("node").path("value").asText();
  }

  private static EventBatch batch(MirrorEvent... events) {
    return EventBatch.of(List.of(events), 10, 10);
  }
}
