package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.SinkContext;
import org.etcdmirror.core.store.InMemorySink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a sink learns when it is opened, the name of a link, and its index store. */
class SinkContextTest extends MirrorFixture {

  private static List<Bytes> bytes(String... prefixes) {
    return List.of(prefixes).stream().map(Bytes::utf8).toList();
  }

  @Test
  void sinkIsOpenedOnceWithTargetPrefixes() throws Exception {
    source.put("/conf/a", "1");
    scope = MirrorScope.builder().rename("/conf/", "/copy/").build();
    following();
    assertThat(sink.contexts())
        .containsExactly(new SinkContext("test", KeyModel.PATHS, bytes("/copy")));
  }

  @Test
  void sinkIsOpenedOnlyAfterTheCheckpointWasLoaded() {
    store.faults.failAlways("load", () -> new IOException("not yet"));
    EtcdMirror mirror = started();
    eventually(() -> store.faults.calls("load") > 2);
    assertThat(sink.contexts()).isEmpty();
    store.faults.heal("load");
    awaitState(mirror, MirrorState.FOLLOWING);
    assertThat(sink.contexts()).hasSize(1);
  }

  @Test
  void planAndVerifyBeforeStartOpenSinkOnce() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    assertThat(mirror.plan().writes()).isPositive();
    assertThat(mirror.verify().isEqual()).isFalse();
    mirror.start();
    level(mirror);
    assertThat(sink.contexts()).hasSize(1);
  }

  @Test
  void planWaitsForAStartedMirrorToOpenItsSink() throws Exception {
    source.put("/conf/a", "1");
    store.faults.failAlways("load", () -> new IOException("not yet"));
    EtcdMirror mirror = started();
    FutureTask<ResyncPlan> plan = new FutureTask<>(mirror::plan);
    Thread asking = new Thread(plan, "plan");
    asking.start();
    eventually(() -> store.faults.calls("load") > 20 || plan.isDone());
    assertThat(plan.isDone()).isFalse();
    assertThat(sink.faults.calls("snapshot")).isZero();
    store.faults.heal("load");
    assertThat(plan.get().unsupported()).isZero();
    asking.join();
  }

  @Test
  void formerPrefixThatOnlySharesBytesIsStillNamed() throws Exception {
    sink = new FakeSink(KeyModel.BYTES);
    source.put("/conftool/a", "1");
    source.put("/conf/a", "1");
    scope = MirrorScope.of("/conftool");
    following().close();
    scope = MirrorScope.of("/conf");
    following(b -> b.deleteLimit(DeleteLimit.percent(100)).formerPrefix("/conftool"));
    assertThat(sink.formerPrefixes()).containsExactly("/conftool");
    assertThat(sink.values()).containsOnlyKeys("/conf/a");
  }

  @Test
  void mirrorFailsIfSinkBelongsToAnotherMirror() throws Exception {
    source.put("/conf/a", "1");
    try (InMemorySink shared = InMemorySink.paths();
        EtcdMirror first = EtcdMirror.builder().source(source).sink(shared).scope(scope).build();
        EtcdMirror second =
            EtcdMirror.builder()
                .source(new FakeSource(KeyModel.PATHS))
                .sink(shared)
                .scope(scope)
                .build()) {
      first.start();
      assertThat(first.await(source.index(), Duration.ofSeconds(20))).isTrue();
      assertThatThrownBy(second::run)
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("open already");
      assertThat(shared.values()).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/conf, /conf, conf",
    "/conf/, /conf/, conf",
    "/a/b, /c/d/, c/d",
    "/, /, /",
    "/root, /root, root"
  })
  void linkNameDefaultsToOnlyTargetPrefix(String from, String to, String link) {
    scope = MirrorScope.builder().rename(from, to).build();
    EtcdMirrorBuilder builder = EtcdMirror.builder().source(source).scope(scope);
    try (EtcdMirror mirror = builder.sink(InMemorySink.paths()).build()) {
      assertThat(mirror.link()).isEqualTo(link);
    }
  }

  @Test
  void linkOfSeveralPrefixesNeedsAName() {
    EtcdMirrorBuilder builder =
        EtcdMirror.builder()
            .source(source)
            .sink(InMemorySink.paths())
            .scope(MirrorScope.of("/a", "/b"));
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("/a,/b", "link(...)");
    assertThatThrownBy(() -> builder.link(" ")).isInstanceOf(IllegalArgumentException.class);
    builder.link("both").build().close();
  }

  @Test
  void indexStoreIsRequiredUnlessSinkIsAtomic() {
    EtcdMirrorBuilder none = EtcdMirror.builder().source(source).sink(sink).scope(scope);
    assertThatThrownBy(none::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("FakeSink", "indexStore(...)");
    IndexStore given = new FakeStore();
    EtcdMirrorBuilder atomic =
        EtcdMirror.builder()
            .source(source)
            .sink(new FakeAtomicSink())
            .scope(scope)
            .indexStore(given);
    assertThatThrownBy(atomic::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("FakeAtomicSink", "FakeStore", "leave it out");
  }
}
