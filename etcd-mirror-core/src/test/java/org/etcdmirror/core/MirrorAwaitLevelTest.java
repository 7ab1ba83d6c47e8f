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
import org.etcdmirror.api.KeyModel;
import org.etcdmirror.api.PermanentException;
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
