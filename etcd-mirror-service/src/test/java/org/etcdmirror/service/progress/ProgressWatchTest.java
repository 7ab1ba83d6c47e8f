package org.etcdmirror.service.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.etcdmirror.testkit.Patience.PATIENCE;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.etcdmirror.core.TaskProgress;
import org.junit.jupiter.api.Test;

class ProgressWatchTest {

  @Test
  void lookThatFailsIsNotTheLastOne() throws Exception {
    TaskProgress half =
        new TaskProgress(TaskProgress.Step.COPY, 5, 10, 5, 0, Duration.ofSeconds(1), 0, null);
    AtomicInteger looks = new AtomicInteger();
    CountDownLatch shown = new CountDownLatch(1);
    try (ProgressWatch watch =
        new ProgressWatch(
            () -> {
              if (looks.incrementAndGet() == 1) {
                throw new IllegalStateException("of a test");
              }
              return half;
            },
            now -> shown.countDown(),
            Duration.ofMillis(1))) {
      assertThat(shown.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
  }
}
