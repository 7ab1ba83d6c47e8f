package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.etcdmirror.api.FencedException;
import org.etcdmirror.api.IndexStore;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure of the source, the sink or the index store names its side, in each place. */
class MirrorSideTest extends MirrorFixture {

  private Faults faultsOf(String side) {
    return switch (side) {
      case "source" -> source.faults;
      case "sink" -> sink.faults;
      default -> store.faults;
    };
  }

  @ParameterizedTest
  @CsvSource({
    "source,head",
    "source,open now",
    "source,poll",
    "source,snapshot",
    "source,next",
    "sink,apply",
    "sink,snapshot",
    "index store,load",
    "index store,save"
  })
  void permanentFailureNamesItsSide(String side, String call) {
    source.put("/conf/a", "1");
    PermanentException failure = new PermanentException("no right");
    faultsOf(side).failNext(call, failure);
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run).hasMessage("test: " + side + ": no right");
    assertThat(mirror.status().lastError()).isEqualTo(side + ": no right");
    assertThat(mirror.failure().orElseThrow())
        .isExactlyInstanceOf(PermanentException.class)
        .hasCause(failure);
  }

  @ParameterizedTest
  @CsvSource({"source,poll", "sink,apply", "index store,save"})
  void transientFailureNamesItsSide(String side, String call) throws Exception {
    EtcdMirror mirror = following();
    faultsOf(side).failAlways(call, () -> new IOException("http://a:2379: connection refused"));
    source.put("/conf/a", "1");
    awaitState(mirror, MirrorState.RETRYING);
    String expected = side + " http://a:2379: connection refused";
    assertThat(mirror.status().lastError()).isEqualTo(expected);
    eventually(() -> !told.retries.isEmpty());
    assertThat(told.retries.get(0)).isInstanceOf(IOException.class).hasMessage(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "apply"})
  void sinkThatKeepsItsIndexIsOneSide(String call) {
    FakeAtomicSink atomic = new FakeAtomicSink();
    sink = atomic;
    source.put("/conf/a", "1");
    atomic.faults.failNext(call, new PermanentException("no right"));
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run).hasMessage("test: sink: no right");
  }

  /** The person who configured the mirror knows no index store. */
  @Test
  void storeThatTheSinkOffersIsTheSink() {
    source.put("/conf/a", "1");
    sink =
        new FakeSink(KeyModel.PATHS) {
          @Override
          public IndexStore indexStore(String link) {
            return store;
          }
        };
    store.faults.failNext("save", new PermanentException("no right"));
    try (EtcdMirror mirror =
        EtcdMirror.builder().link("test").source(source).sink(sink).scope(scope).build()) {
      assertThatThrownBy(mirror::run).hasMessage("test: sink: no right");
    }
  }

  @Test
  void failureThatTheEngineKnowsKeepsItsType() {
    source.put("/conf/a", "1");
    FencedException fenced = new FencedException("another mirror runs");
    store.faults.failNext("save", fenced);
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run).rootCause().isSameAs(fenced);
    assertThat(mirror.failure().orElseThrow())
        .isInstanceOf(FencedException.class)
        .hasMessage("index store: another mirror runs");
  }

  @Test
  void planAndVerificationNameTheSideThatCannotBeRead() {
    sink.faults.failAlways("snapshot", () -> new IOException("down"));
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::plan).isInstanceOf(IOException.class).hasMessage("sink: down");
    assertThatThrownBy(mirror::verify).isInstanceOf(IOException.class).hasMessage("sink: down");
    source.faults.failAlways("snapshot", () -> new IOException("down"));
    assertThatThrownBy(() -> EtcdMirror.compare(source, sink, scope))
        .isInstanceOf(IOException.class)
        .hasMessage("source: down");
  }

  @Test
  void bugOfASinkNamesTheSinkAndItsException() {
    source.put("/conf/a", "1");
    sink.faults.failNext("apply", new IllegalStateException("a bug"));
    EtcdMirror mirror = mirror();
    assertThatThrownBy(mirror::run)
        .hasMessage("test: sink: java.lang.IllegalStateException: a bug");
  }

  @Test
  void failureWithoutMessageNamesItsClass() throws Exception {
    EtcdMirror mirror = following();
    source.faults.failNext("poll", new IOException());
    eventually(() -> "source: IOException".equals(mirror.status().lastError()));
  }
}
