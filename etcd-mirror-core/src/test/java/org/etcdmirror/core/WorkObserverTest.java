package org.etcdmirror.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.etcdmirror.api.Gap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An observer is told of each piece of work once when it begins and once when it ends. */
class WorkObserverTest extends MirrorFixture {

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final List<MirrorWork> begun = new CopyOnWriteArrayList<>();

  private final class Told implements WorkObserver {

    @Override
    public Ongoing begin(MirrorWork work) {
      begun.add(work);
      String kind = work.getClass().getSimpleName();
      seen.add(kind + " begins");
      Thread thread = Thread.currentThread();
      return new Ongoing() {
        @Override
        public void done(long written, long deleted) {
          assertThat(Thread.currentThread()).isSameAs(thread);
          seen.add("%s done %d %d".formatted(kind, written, deleted));
        }

        @Override
        public void undone(@Nullable Throwable why) {
          seen.add(kind + " undone " + (why == null ? "" : why.getClass().getSimpleName()));
        }
      };
    }
  }

  private EtcdMirror observed() throws InterruptedException {
    return following(builder -> builder.observer(new Told()));
  }

  @Test
  void aFirstCopyAndABatchBeginAndEndOnce() throws Exception {
    source.put("/conf/a", "1");
    sink.preset("/conf/a", "1");
    EtcdMirror mirror = observed();
    eventually(() -> seen.size() == 2);
    assertThat(seen).containsExactly("Resync begins", "Resync done 0 0");
    assertThat(begun)
        .singleElement()
        .isInstanceOfSatisfying(
            MirrorWork.Resync.class,
            work -> {
              assertThat(work.link()).isEqualTo("test");
              assertThat(work.gap().reason()).isEqualTo(Gap.Reason.NO_CHECKPOINT);
            });
    seen.clear();

    source.put("/conf/b", "2");
    level(mirror);

    eventually(() -> seen.size() == 2);
    assertThat(seen).containsExactly("Apply begins", "Apply done 1 0");
  }

  @Test
  void callsThatAreRepeatedAreOnePieceOfWork() throws Exception {
    EtcdMirror mirror = observed();
    eventually(() -> seen.size() == 2);
    seen.clear();
    IOException away = new IOException("away");
    sink.faults.failNext("apply", away, away, away);

    source.put("/conf/b", "2");
    level(mirror);

    eventually(() -> seen.size() == 2);
    assertThat(seen).containsExactly("Apply begins", "Apply done 1 0");
    assertThat(mirror.status().counters().retries()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void workThatFailsForGoodEndsUndone() throws Exception {
    EtcdMirror mirror = observed();
    seen.clear();
    sink.faults.failNext("apply", new IllegalStateException("no"));

    source.put("/conf/b", "2");

    awaitState(mirror, MirrorState.FAILED);
    assertThat(seen).containsExactly("Apply begins", "Apply undone PermanentException");
  }

  @Test
  void anObserverThatThrowsDoesNotStopTheMirrorOrTheOthers() throws Exception {
    EtcdMirror mirror =
        following(builder ->
            builder
                .observer(work -> {
                  throw new IllegalStateException("broken observer");
                })
                .observer(new Told()));
    seen.clear();

    try (CapturedLog log = new CapturedLog()) {
      source.put("/conf/b", "2");
      level(mirror);
      eventually(() -> seen.size() == 2);
      assertThat(log.warnings()).anyMatch(line -> line.contains("observer threw"));
    }
    assertThat(seen).containsExactly("Apply begins", "Apply done 1 0");
  }
}
