package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.etcdmirror.api.EventBatch;
import org.etcdmirror.api.EventSink;
import org.etcdmirror.api.EventSource;
import org.etcdmirror.api.EventStream;
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.LostEventsException;
import org.etcdmirror.api.PermanentException;
import org.etcdmirror.api.Selection;
import org.etcdmirror.api.Snapshot;
import org.etcdmirror.api.SourceHead;
import org.etcdmirror.api.Start;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Waiting for a level sink, the failure of a mirror, and sinks made of one function. */
class MirrorAwaitLevelTest extends MirrorFixture {

  private static final Duration A_MOMENT = Duration.ofMillis(30);

  private static final Duration A_FEW_POLLS = Duration.ofMillis(2500);

  /** Longer than any test runs. */
  private static final Duration FOREVER = Duration.ofHours(1);

  @Test
  void awaitLevelReturnsTrueWhenSinkIsLevel() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = mirror();
    assertThat(mirror.awaitLevel(A_MOMENT)).isFalse();
    mirror.start();
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    assertThat(sink.values()).isEqualTo(source.values());
    source.put("/conf/b", "1");
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(mirror.failure()).isEmpty();
  }

  @Test
  void levelProofBeforeCallDoesNotCount() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.faults.failAlways("poll", () -> new IOException("down"));
    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.awaitLevel(A_MOMENT)).isFalse();
    source.faults.heal("poll");
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
  }

  @Test
  void silenceOfSourceIsNoProofThatSinkIsLevel() throws Exception {
    source.put("/conf/a", "1");
    EtcdMirror mirror = following();
    source.answersWhileQuiet(false);
    assertThat(mirror.awaitLevel(A_FEW_POLLS)).isFalse();
    source.answersWhileQuiet(true);
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
  }

  /** A stream that was held up shows events of long ago, each as if it were the newest. */
  @Test
  void eventOfBeforeTheCallIsNoProofThatSinkIsLevel() throws Exception {
    source.deliverAtMost(1);
    EtcdMirror mirror = following(builder -> builder.source(new UnawareSource(source)));
    Faults.Gate first = source.faults.block("poll");
    first.awaitReached();
    Faults.Gate second = source.faults.block("poll");
    source.put("/conf/a", "1");
    source.put("/conf/b", "1");
    Thread caller = Thread.currentThread();
    Thread releasing =
        new Thread(() -> {
          eventually(() -> caller.getState() == Thread.State.TIMED_WAITING);
          first.release();
        });
    releasing.start();

    assertThat(mirror.awaitLevel(A_FEW_POLLS)).isFalse();
    assertThat(sink.values()).containsKey("/conf/a").doesNotContainKey("/conf/b");

    second.release();
    assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
    assertThat(sink.values()).isEqualTo(source.values());
    releasing.join();
  }

  /** As with etcd, an event does not tell how far the source has come since. */
  private record UnawareSource(FakeSource source) implements EventSource {

    @Override
    public KeyModel keyModel() {
      return source.keyModel();
    }

    @Override
    public SourceHead head(Selection selection) throws IOException, InterruptedException {
      return source.head(selection);
    }

    @Override
    public Snapshot snapshot(Selection selection) throws IOException, InterruptedException {
      return source.snapshot(selection);
    }

    @Override
    public EventStream open(Selection selection, Start start)
        throws IOException, LostEventsException, InterruptedException {
      return new UnawareStream(source.open(selection, start));
    }

    @Override
    public void close() {
      source.close();
    }
  }

  private record UnawareStream(EventStream stream) implements EventStream {

    @Override
    public long startIndex() {
      return stream.startIndex();
    }

    @Override
    public EventBatch poll(Duration timeout)
        throws IOException, LostEventsException, InterruptedException {
      EventBatch batch = stream.poll(timeout);
      return new EventBatch(
          batch.events(), batch.index(), batch.index(), batch.notices(), batch.seenNanos());
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  @Test
  void awaitLevelReturnsFalseAtOnceWhenBlocked() throws Exception {
    for (int i = 0; i < 200; i++) {
      sink.preset("/conf/" + i, "theirs");
    }
    EtcdMirror mirror = started();
    assertThat(mirror.awaitLevel(FOREVER)).isFalse();
    assertThat(mirror.status().state()).isEqualTo(MirrorState.BLOCKED);
    assertThat(mirror.failure()).isEmpty();
  }

  @Test
  void awaitLevelReturnsFalseOnFailureAndFailureKeepsType() throws Exception {
    PermanentException cause = new PermanentException("no right to write");
    sink.faults.failAlways("apply", () -> cause);
    source.put("/conf/a", "1");
    EtcdMirror mirror = started();
    assertThat(mirror.awaitLevel(FOREVER)).isFalse();
    assertThat(mirror.failure().orElseThrow()).hasCause(cause);
  }

  @Test
  void awaitLevelReturnsFalseAtOnceForClosedMirror() throws Exception {
    EtcdMirror mirror = following();
    mirror.close();
    assertThat(mirror.awaitLevel(FOREVER)).isFalse();
    assertThat(mirror.failure()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(KeyModel.class)
  void functionSinkInProcessNeedsNoIndexStore(KeyModel model) throws Exception {
    source = new FakeSource(model);
    source.put("/conf/a", "1");
    List<EventBatch> applied = Collections.synchronizedList(new ArrayList<>());
    EventSink made = EventSink.of(model, EventSink.DataLife.PROCESS, applied::add);
    try (EtcdMirror mirror =
        EtcdMirror.builder().source(source).sink(made).scope(MirrorScope.of("/conf")).build()) {
      mirror.start();
      assertThat(mirror.awaitLevel(PATIENCE)).isTrue();
      long index = source.put("/conf/b", "2");
      assertThat(mirror.await(index, PATIENCE)).isTrue();
    }
    assertThat(applied.stream().flatMap(batch -> batch.events().stream()).map(Object::toString))
        .anySatisfy(event -> assertThat(event).contains("/conf/b"));
  }

  @Test
  void durableFunctionSinkNeedsIndexStore() {
    EventSink made = EventSink.of(KeyModel.PATHS, EventSink.DataLife.DURABLE, batch -> {});
    EtcdMirrorBuilder builder = EtcdMirror.builder().source(source).sink(made).scope(scope);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("indexStore(...)");
  }
}
