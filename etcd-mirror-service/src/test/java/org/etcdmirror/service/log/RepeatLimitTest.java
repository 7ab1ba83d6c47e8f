package org.etcdmirror.service.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The limit on repeated log lines. */
class RepeatLimitTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1000);
  private final RepeatLimit limit = new RepeatLimit(now::get);

  private long passed(int lines, String cause) {
    return IntStream.range(0, lines)
        .filter(i -> limit.allows("logger " + cause, cause, cause + i))
        .count();
  }

  private void after(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void tenLinesOfOneCausePassInAMinute() {
    assertThat(passed(1_000, "a")).isEqualTo(10);
    assertThat(passed(5, "b")).isEqualTo(5);
  }

  @Test
  void limitAppliesToASlidingMinute() {
    passed(1, "a");
    after(Duration.ofSeconds(55));
    assertThat(passed(20, "a")).isEqualTo(9);
    after(Duration.ofSeconds(10));
    assertThat(passed(20, "a")).isEqualTo(1);
    after(Duration.ofSeconds(50));
    assertThat(passed(20, "a")).isEqualTo(9);
  }

  @Test
  void droppedLinesAreReportedOnceAfterAMinute() {
    passed(25, "a");
    after(Duration.ofSeconds(59));
    assertThat(limit.takeDue()).isEmpty();
    after(Duration.ofSeconds(1));
    assertThat(limit.takeDue()).containsExactly(new RepeatLimit.LeftOut(15, "a24"));
    assertThat(limit.takeDue()).isEmpty();
  }

  @Test
  void droppedLinesAreReportedAtTheEnd() {
    passed(12, "a");

    assertThat(limit.takeAll()).containsExactly(new RepeatLimit.LeftOut(2, "a11"));
    assertThat(limit.takeAll()).isEmpty();
  }

  @Test
  void distinctCausesAreLimitedPerLogger() {
    long passed =
        IntStream.range(0, 10_000).filter(i -> limit.allows("one", "cause" + i, "x")).count();

    assertThat(passed).isEqualTo(100);
    assertThat(limit.takeAll()).extracting(RepeatLimit.LeftOut::count).containsExactly(9_900L);
  }

  @Test
  void causeIsALineWithoutItsNumbers() {
    assertThat(RepeatFilter.cause("v3:http://127.0.0.1:2379: key7 at 0xcdf8, again in 100 ms"))
        .isEqualTo("#:http://#.#.#.#:#: # at #, again in # ms");
    assertThat(RepeatFilter.cause("")).isEmpty();
  }

  @Test
  void filterDropsRepeatsOfTheSameMessageAndException() {
    RepeatFilter filter = new RepeatFilter();

    assertThat(replies(filter, "failed after {} ms", new IOException("broken"), 0))
        .hasSize(100)
        .startsWith(FilterReply.NEUTRAL)
        .endsWith(FilterReply.DENY);
    assertThat(replies(filter, "failed after {} ms", new IOException("refused"), 0))
        .startsWith(FilterReply.NEUTRAL);
  }

  @Test
  void everyActIsLogged() {
    RepeatFilter filter = new RepeatFilter();
    Logger acts = new LoggerContext().getLogger(ActLog.class.getName());
    LoggingEvent act =
        new LoggingEvent("", acts, Level.INFO, "POST /pause by token", null, new Object[0]);

    assertThat(IntStream.range(0, 200).mapToObj(any -> filter.decide(act)))
        .containsOnly(FilterReply.NEUTRAL);
  }

  private static List<FilterReply> replies(
      RepeatFilter filter, String message, @Nullable Throwable thrown, int from) {
    return IntStream.range(from, from + 100)
        .mapToObj(i -> filter.decide(event(message, thrown, i)))
        .toList();
  }

  private static ILoggingEvent event(String message, @Nullable Throwable thrown, int number) {
    Logger logger = new LoggerContext().getLogger("org.etcdmirror");
    return new LoggingEvent("", logger, Level.WARN, message, thrown, new Object[] {number});
  }
}
