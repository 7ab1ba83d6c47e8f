package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.api.MirrorEvent.Put;
import org.junit.jupiter.api.Test;

/** The limit of writes in a second. */
class MirrorWriteLimitTest extends MirrorFixture {

  /** Far more than may be written within a test at one key a second. */
  private static final int MANY = 200;

  private void putMany() {
    for (int i = 0; i < MANY; i++) {
      source.put("/conf/" + i, "1");
    }
  }

  private static boolean waits(EtcdMirror mirror) {
    MirrorStatus.WriteLimit limit = mirror.status().writeLimit();
    return limit != null && limit.waits();
  }

  private static Duration waited(EtcdMirror mirror) {
    MirrorStatus.WriteLimit limit = mirror.status().writeLimit();
    return limit == null ? Duration.ZERO : limit.waited();
  }

  @Test
  void copyIsWrittenInSmallPiecesThatWaitForEachOther() throws Exception {
    for (int i = 0; i < 40; i++) {
      source.put("/conf/" + i, "1");
    }

    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(50));

    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(sink.batches()).allMatch(batch -> batch.events().size() <= 10);
    // The last piece of 10 is not waited for.
    assertThat(waited(mirror)).isBetween(Duration.ofMillis(590), PATIENCE);
    assertThat(mirror.status().counters().writes()).as("with the directory").isEqualTo(41);
  }

  @Test
  void eventsAreWrittenInSmallPiecesThatWaitForEachOther() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(50));
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/first", "1");
    gate.awaitReached();
    for (int i = 0; i < 40; i++) {
      source.put("/conf/" + i, "1");
    }
    handedOver(mirror);
    gate.release();

    level(mirror);

    assertThat(sink.values()).isEqualTo(source.values());
    assertThat(sink.batches()).allMatch(batch -> batch.events().size() <= 10);
    assertThat(waited(mirror)).isBetween(Duration.ofMillis(590), PATIENCE);
  }

  @Test
  void eventsOfOneKeyCountOnce() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(1));
    Faults.Gate gate = sink.faults.block("apply");
    source.put("/conf/hot", "0");
    gate.awaitReached();
    for (int i = 1; i <= MANY; i++) {
      source.put("/conf/hot", String.valueOf(i));
    }
    handedOver(mirror);
    gate.release();

    level(mirror);

    assertThat(sink.values()).containsEntry("/conf/hot", String.valueOf(MANY));
  }

  @Test
  void eventsOfOneIndexAreWrittenAtOnceAndPaidForAfterwards() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(10));
    source.atRest(() -> {
      long index = source.index() + 1;
      for (int i = 0; i < 30; i++) {
        source.happened(new Put(Bytes.utf8("/conf/" + i), Bytes.utf8("1"), index, null));
      }
    });
    level(mirror);

    assertThat(sink.batches()).hasSize(1);
    source.put("/conf/next", "1");
    eventually(() -> waits(mirror));
    assertThat(sink.values()).hasSize(30);
    level(mirror);
  }

  @Test
  void attemptsOfOneWriteDoNotAddUp() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(10));
    for (int attempt = 0; attempt < 40; attempt++) {
      sink.faults.failNext("apply", new IOException("away"));
    }
    source.atRest(() -> {
      long index = source.index() + 1;
      for (int i = 0; i < 10; i++) {
        source.happened(new Put(Bytes.utf8("/conf/" + i), Bytes.utf8("1"), index, null));
      }
    });
    level(mirror);
    source.put("/conf/next", "1");

    level(mirror);

    assertThat(sink.values()).isEqualTo(source.values());
  }

  @Test
  void pauseDoesNotWaitForTheLimit() throws Exception {
    putMany();
    EtcdMirror mirror = started(builder -> builder.maxWritesPerSecond(1));
    eventually(() -> waits(mirror));

    assertThat(mirror.pause(PATIENCE)).isTrue();

    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).hasSizeLessThan(MANY);
  }

  @Test
  void pauseAmongEventsDoesNotWaitForTheLimit() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(1));
    putMany();
    eventually(() -> waits(mirror));

    assertThat(mirror.pause(PATIENCE)).isTrue();

    awaitState(mirror, MirrorState.PAUSED);
    assertThat(sink.values()).hasSizeLessThan(MANY);
    assertThat(store.index()).isEqualTo(mirror.status().index());
  }

  @Test
  void closeDoesNotWaitForTheLimitAndTheNextRunContinues() throws Exception {
    EtcdMirror mirror = following(builder -> builder.maxWritesPerSecond(1));
    putMany();
    eventually(() -> waits(mirror));

    mirror.close();

    assertThat(mirror.status().state()).isEqualTo(MirrorState.STOPPED);
    assertThat(sink.values()).hasSizeLessThan(MANY);
    assertThat(store.index()).isEqualTo(mirror.status().index());
  }

  @Test
  void sinkIsLookedAtWhileWritesWait() throws Exception {
    putMany();
    store.faults.failAlways("confirm", () -> new IOException("away"));

    EtcdMirror mirror =
        started(builder -> builder.maxWritesPerSecond(1).sinkInterval(Duration.ofMillis(1)));

    awaitState(mirror, MirrorState.RETRYING);
    assertThat(mirror.status().lastError()).contains("away");
    store.faults.healAll();
    awaitState(mirror, MirrorState.RESYNCING);
    assertThat(sink.values()).hasSizeLessThan(MANY);
  }

  @Test
  void withoutLimitTheStatusShowsNone() throws Exception {
    assertThat(following().status().writeLimit()).isNull();
  }

  @Test
  void limitBelowOneIsRefused() {
    assertThatThrownBy(() -> mirror(builder -> builder.maxWritesPerSecond(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be positive: 0");
  }
}
